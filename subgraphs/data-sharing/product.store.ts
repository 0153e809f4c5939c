/**
 * Rows of data products, and what grants use of them; one SQL statement a function. Names of fields
 * come from the product's own list and are passed as values, never as SQL.
 */
import { type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import type { GrantRow } from "./sharing.store.ts";
import type { DataProductTable, PrivateAnswerTable, RowData } from "./product.tables.ts";
import type { DataSharingTables, PurposeCode } from "./tables.ts";
import type { RowCondition } from "./sharing.tables.ts";

type Db = Kysely<DataSharingTables>;

export type ProductRow = Selectable<DataProductTable>;

export const findProducts = (db: Db, datasetIds: readonly string[]): Promise<ProductRow[]> =>
  db
    .selectFrom("data_product")
    .selectAll()
    .where("dataset_id", "in", [...datasetIds])
    .execute();

export type Completeness = {
  readonly dataset_id: string;
  /** Values that are there, of all rows and fields. */
  readonly filled: bigint;
  readonly cells: bigint;
};

export const measureCompleteness = async (
  db: Db,
  datasetIds: readonly string[],
): Promise<Completeness[]> =>
  (
    await sql<Completeness>`
      select product_row.dataset_id, count(data ->> (field ->> 'name')) as filled, count(*) as cells
      from data_product
      join product_row on product_row.dataset_id = data_product.dataset_id
      cross join lateral jsonb_array_elements(fields) as field
      where data_product.dataset_id in (${sql.join([...datasetIds])})
      group by 1`.execute(db)
  ).rows;

const matches = (conditions: readonly RowCondition[]): RawBuilder<boolean> =>
  conditions.length === 0
    ? sql`true`
    : sql.join(
        conditions.map(
          ({ field, values }) => sql`data ->> ${field}::text in (${sql.join([...values])})`,
        ),
        sql` and `,
      );

export type ConsentScope = {
  readonly agencyId: string;
  readonly purpose: PurposeCode;
  readonly now: Date;
};

/**
 * Rows whose person consents, at this moment, to this agency and purpose, each with the fields of that
 * consent. Other rows are not there.
 */
export type Slice = {
  readonly datasetId: string;
  readonly conditions: readonly RowCondition[];
  /** Present when the access rests on consent. */
  readonly consent: ConsentScope | undefined;
};

const sliceOf = ({ datasetId, conditions, consent }: Slice): RawBuilder<unknown> =>
  consent === undefined
    ? sql`(select id, subject, data, null::text as consent_id, null::jsonb as consented
        from product_row where dataset_id = ${datasetId} and ${matches(conditions)})`
    : sql`(select product_row.id, subject, data, consent.id as consent_id, consent.fields as consented
        from product_row
        join consent on consent.person_id = product_row.subject
          and consent.dataset_id = product_row.dataset_id
          and consent.granted_to = ${consent.agencyId}
          and consent.purpose_code = ${consent.purpose}
          and consent.since <= ${consent.now}::timestamptz and consent.until > ${consent.now}::timestamptz
        where product_row.dataset_id = ${datasetId} and ${matches(conditions)}
          and not exists (select from consent_withdrawal where consent_id = consent.id))`;

export type SlicedRow = {
  readonly id: number;
  readonly subject: string | null;
  readonly data: RowData;
  readonly consent_id: string | null;
  readonly consented: readonly { readonly name: string }[] | null;
};

export const listProductRows = async (
  db: Db,
  slice: Slice,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly SlicedRow[]> =>
  (
    await sql<SlicedRow>`select * from ${sliceOf(slice)} as sliced
      where id > ${after}::integer order by id limit ${limit}::integer`.execute(db)
  ).rows;

export type CellRow = {
  /** A null stands for the total over that dimension. */
  readonly keys: readonly (string | null)[];
  readonly records: bigint;
  readonly persons: bigint;
};

/** Records and persons by the values of the dimensions, with all totals. */
export const countCells = async (
  db: Db,
  slice: Slice,
  dimensions: readonly string[],
): Promise<readonly CellRow[]> => {
  const names = dimensions.map((_, index) => sql.ref(`key_${index}`));
  const values = dimensions.map(
    (name, index) => sql`coalesce(data ->> ${name}::text, '') as ${names[index]}`,
  );
  const { rows } = await sql<CellRow>`
    select array[${sql.join(names)}] as keys, count(*) as records, count(distinct subject) as persons
    from (select ${sql.join(values)}, subject from ${sliceOf(slice)} as sliced) as keyed
    group by cube (${sql.join(names)}) order by keys`.execute(db);
  return rows;
};

/** The number of persons: one person changes it by one. */
export async function countPersons(db: Db, slice: Slice): Promise<bigint> {
  const { rows } = await sql<{ persons: bigint }>`
    select count(distinct subject) as persons from ${sliceOf(slice)} as sliced`.execute(db);
  return rows[0]?.persons ?? 0n;
}

/** The sum of a measure, of which each person adds from 0 to `cap`: one person changes it by no more. */
export async function sumCapped(
  db: Db,
  slice: Slice,
  { field, cap }: { readonly field: string; readonly cap: number },
): Promise<bigint> {
  const { rows } = await sql<{ total: bigint }>`
    select coalesce(sum(capped), 0)::bigint as total from (
      select least(greatest(round(sum((data ->> ${field}::text)::numeric)), 0), ${cap}::integer) as capped
      from ${sliceOf(slice)} as sliced where subject is not null group by subject
    ) as by_person`.execute(db);
  return rows[0]?.total ?? 0n;
}

export type GrantInUse = {
  readonly grant: GrantRow;
  /** Undefined when the dataset can no longer be queried. */
  readonly product: ProductRow | undefined;
  readonly usedThisHour: number;
};

/** A grant with all that its use needs. */
export async function findGrantInUse(
  db: Db,
  grantId: string,
  hour: Date,
): Promise<GrantInUse | undefined> {
  const row = await db
    .selectFrom("access_grant")
    .leftJoin("data_product", "data_product.dataset_id", "access_grant.dataset_id")
    .leftJoin("grant_use", (join) =>
      join.onRef("grant_use.grant_id", "=", "access_grant.id").on("grant_use.hour", "=", hour),
    )
    .selectAll("access_grant")
    .select(["data_product.fields as product_fields", "data_product.sample", "grant_use.used"])
    .where("access_grant.id", "=", grantId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { product_fields: fields, sample, used, ...grant } = row;
  const product =
    fields === null || sample === null
      ? undefined
      : { dataset_id: grant.dataset_id, fields, sample };
  return { grant, product, usedThisHour: used ?? 0 };
}

/** Counts a use in this hour. @returns false when the hour's uses are used up; then nothing is counted. */
export async function takeUse(
  db: Db,
  {
    grantId,
    hour,
    limit,
  }: { readonly grantId: string; readonly hour: Date; readonly limit: number },
): Promise<boolean> {
  const { rows } = await sql`
    insert into grant_use (grant_id, hour, used) values (${grantId}, ${hour}, 1)
    on conflict (grant_id, hour) do update set used = grant_use.used + 1
      where grant_use.used < ${limit}::integer
    returning used`.execute(db);
  return rows.length > 0;
}

/** @returns false when the budget does not suffice; then nothing is spent. */
export async function spendBudget(db: Db, grantId: string, milliEpsilon: number): Promise<boolean> {
  const { rows } = await sql`
    update access_grant set spent_milli_epsilon = spent_milli_epsilon + ${milliEpsilon}::integer
    where id = ${grantId} and spent_milli_epsilon + ${milliEpsilon}::integer <= budget_milli_epsilon
    returning id`.execute(db);
  return rows.length > 0;
}

export const findAnswer = (
  db: Db,
  grantId: string,
  question: string,
): Promise<Selectable<PrivateAnswerTable> | undefined> =>
  db
    .selectFrom("private_answer")
    .selectAll()
    .where("grant_id", "=", grantId)
    .where("question", "=", question)
    .executeTakeFirst();

export const insertAnswer = (db: Db, answer: Selectable<PrivateAnswerTable>): Promise<unknown> =>
  db.insertInto("private_answer").values(answer).execute();
