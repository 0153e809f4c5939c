/** Requests, agreements and grants in the database; one SQL statement a function. */
import type { Insertable, Kysely, Selectable, Updateable } from "kysely";
import { sql } from "kysely";
import type {
  AccessGrantTable,
  SharingAgreementTable,
  SharingRequestTable,
  SharingStepTable,
  SigningKeyTable,
} from "./sharing.tables.ts";
import type { DataSharingTables } from "./tables.ts";
import { isBehind, type TimePage } from "./time-page.ts";

type Db = Kysely<DataSharingTables>;

export type RequestRow = Selectable<SharingRequestTable>;
export type AgreementRow = Selectable<SharingAgreementTable>;
export type GrantRow = Selectable<AccessGrantTable>;
export type StepRow = Selectable<SharingStepTable>;
export type SigningKeyRow = Selectable<SigningKeyTable>;

export const findRequests = (db: Db, ids: readonly string[]): Promise<RequestRow[]> =>
  db
    .selectFrom("sharing_request")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

/** Others that would change it wait until the transaction ends. */
export const lockRequest = (db: Db, id: string): Promise<RequestRow | undefined> =>
  db.selectFrom("sharing_request").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();

export const insertRequest = (db: Db, row: Insertable<SharingRequestTable>): Promise<unknown> =>
  db.insertInto("sharing_request").values(row).execute();

export const updateRequest = (
  db: Db,
  id: string,
  changes: Updateable<SharingRequestTable>,
): Promise<unknown> =>
  db.updateTable("sharing_request").set(changes).where("id", "=", id).execute();

const ofAgency = (db: Db, agencyId: string) =>
  db
    .selectFrom("sharing_request")
    .where((eb) =>
      eb.or([
        eb("requester_id", "=", agencyId),
        eb(
          "dataset_id",
          "in",
          eb.selectFrom("dataset").select("id").where("publisher_id", "=", agencyId),
        ),
      ]),
    );

/** Requests that an agency made or has to answer, the newest first. */
export const listRequestsOfAgency = (
  db: Db,
  agencyId: string,
  page: TimePage,
): Promise<RequestRow[]> =>
  ofAgency(db, agencyId)
    .selectAll()
    .where(isBehind("requested_at", "id", page))
    .orderBy("requested_at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit + 1)
    .execute();

export async function countRequestsOfAgency(db: Db, agencyId: string): Promise<number> {
  const { total } = await ofAgency(db, agencyId)
    .select(db.fn.countAll<bigint>().as("total"))
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** Lets requests of one agency wait for each other until the transaction ends. */
export async function lockRequestsOf(db: Db, agencyId: string): Promise<void> {
  const key = `data-sharing/requests-of/${agencyId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}::text, 0))`.execute(db);
}

type Wanted = Pick<
  RequestRow,
  "dataset_id" | "requester_id" | "purpose_code" | "from_at" | "until_at"
>;

/** Whether a request that waits, or a grant that lasts, is for the same data and purpose at the same time. */
export async function overlaps(db: Db, wanted: Wanted): Promise<boolean> {
  const same = await db
    .selectFrom("sharing_request")
    .leftJoin("access_grant", "access_grant.request_id", "sharing_request.id")
    .select("sharing_request.id")
    .where("sharing_request.dataset_id", "=", wanted.dataset_id)
    .where("sharing_request.requester_id", "=", wanted.requester_id)
    .where("sharing_request.purpose_code", "=", wanted.purpose_code)
    .where("sharing_request.state", "not in", ["REJECTED", "WITHDRAWN"])
    .where((eb) =>
      eb.or([
        eb.and([eb("sharing_request.state", "<>", "APPROVED")]),
        eb.and([
          eb("access_grant.id", "is", null),
          eb("sharing_request.until_at", ">", wanted.from_at),
          eb("sharing_request.from_at", "<", wanted.until_at),
        ]),
        eb.and([
          eb("access_grant.state", "<>", "REVOKED"),
          eb("access_grant.until_at", ">", wanted.from_at),
          eb("access_grant.from_at", "<", wanted.until_at),
        ]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return same !== undefined;
}

export const findSigningKey = (db: Db, keyId: string): Promise<SigningKeyRow | undefined> =>
  db.selectFrom("signing_key").selectAll().where("key_id", "=", keyId).executeTakeFirst();

/** @returns whether the key is new. */
export async function insertSigningKey(db: Db, row: Insertable<SigningKeyTable>): Promise<boolean> {
  const inserted = await db
    .insertInto("signing_key")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning("key_id")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The newest version of each request's agreement. */
export const findLatestAgreements = (
  db: Db,
  requestIds: readonly string[],
): Promise<AgreementRow[]> =>
  db
    .selectFrom("sharing_agreement")
    .distinctOn("request_id")
    .selectAll()
    .where("request_id", "in", [...requestIds])
    .orderBy("request_id")
    .orderBy("version", "desc")
    .execute();

/** Whether the text has been used as a signature before, of whatever agreement. */
export async function isKnownSignature(db: Db, jws: string): Promise<boolean> {
  const known = await db
    .selectFrom("sharing_agreement")
    .select("id")
    .where((eb) => eb.or([eb("publisher_jws", "=", jws), eb("requester_jws", "=", jws)]))
    .executeTakeFirst();
  return known !== undefined;
}

export const insertAgreement = (db: Db, row: Insertable<SharingAgreementTable>): Promise<unknown> =>
  db.insertInto("sharing_agreement").values(row).execute();

export const updateAgreement = (
  db: Db,
  id: string,
  changes: Updateable<SharingAgreementTable>,
): Promise<unknown> =>
  db.updateTable("sharing_agreement").set(changes).where("id", "=", id).execute();

export const findGrantsOfRequests = (db: Db, requestIds: readonly string[]): Promise<GrantRow[]> =>
  db
    .selectFrom("access_grant")
    .selectAll()
    .where("request_id", "in", [...requestIds])
    .execute();

export const findGrants = (db: Db, ids: readonly string[]): Promise<GrantRow[]> =>
  db
    .selectFrom("access_grant")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

export const insertGrant = (db: Db, row: Insertable<AccessGrantTable>): Promise<unknown> =>
  db.insertInto("access_grant").values(row).execute();

export const updateGrant = (
  db: Db,
  id: string,
  changes: Updateable<AccessGrantTable>,
): Promise<unknown> => db.updateTable("access_grant").set(changes).where("id", "=", id).execute();

/** The steps of requests, agreements or grants, in the order in which they were taken. */
export const listSteps = (db: Db, subjectIds: readonly string[]): Promise<StepRow[]> =>
  db
    .selectFrom("sharing_step")
    .selectAll()
    .where("subject_id", "in", [...subjectIds])
    .orderBy("id")
    .execute();
