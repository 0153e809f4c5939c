/** Settlement files and their lines: recording, matching with what we have, and what differs. */
import { type Kysely, sql, type Transaction } from "kysely";
import { follows, type TimePage } from "./paging.ts";
import type { SettlementLine } from "./settlement-file.rules.ts";
import type { Tables } from "./tables.ts";

/** One import at a time: a line is matched once. */
export const lockImports = (tx: Transaction<Tables>) =>
  sql`select pg_advisory_xact_lock(7203145)`.execute(tx);

export const findFile = (db: Kysely<Tables>, sha256: string) =>
  db.selectFrom("settlement_file").select("sha256").where("sha256", "=", sha256).executeTakeFirst();

export async function wasImported(db: Kysely<Tables>, day: string): Promise<boolean> {
  const { rows } = await sql`
    select from settlement_file where day = ${day}::text::date limit 1`.execute(db);
  return rows.length > 0;
}

export async function insertFile(
  tx: Transaction<Tables>,
  file: {
    readonly sha256: string;
    readonly day: string;
    readonly lines: number;
    readonly imported_at: Date;
    readonly imported_by: string;
  },
): Promise<void> {
  await tx.insertInto("settlement_file").values(file).execute();
}

const linesPerStatement = 500;

/** Lines that are there already stay as they are. */
export async function insertLines(
  tx: Transaction<Tables>,
  { sha256, day }: { readonly sha256: string; readonly day: string },
  lines: readonly SettlementLine[],
): Promise<void> {
  for (let start = 0; start < lines.length; start += linesPerStatement) {
    const rows = lines.slice(start, start + linesPerStatement);
    await tx
      .insertInto("settlement_line")
      .values(rows.map((line) => ({ ...line, file_sha256: sha256, day })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/**
 * Compares lines that are not matched yet with our captures and refunds. Of several lines for one thing
 * the first that matches counts; all others are duplicates.
 */
export async function matchLines(tx: Transaction<Tables>): Promise<void> {
  await sql`
    with here as (
      select l.id, case l.kind
          when 'capture' then (select captured_amount from payment
            where id = l.reference and method = 'CARD' and captured_amount > 0 and currency = l.currency)
          else (select -r.amount from refund r join payment p on p.id = r.payment_id
            where r.id = l.refund_reference and r.payment_id = l.reference and r.state = 'SUCCEEDED'
              and p.method = 'CARD' and r.currency = l.currency) end as amount,
        exists (select from settlement_line o where o.verdict = 'MATCHED' and o.id <> l.id
          and (o.reference, o.kind, o.refund_reference) = (l.reference, l.kind, l.refund_reference)) as is_settled
      from settlement_line l where l.verdict <> 'MATCHED'
    ), ranked as (
      select h.*, row_number() over (
        partition by l.reference, l.kind, l.refund_reference, h.amount = l.amount order by l.id) as place,
        h.amount = l.amount as is_equal,
        bool_or(h.amount = l.amount) over (partition by l.reference, l.kind, l.refund_reference) as has_equal
      from here h join settlement_line l on l.id = h.id
    )
    update settlement_line l set amount_here = r.amount, verdict = case
      when r.amount is null then 'MISSING_HERE'
      when r.is_settled then 'DUPLICATE'
      when r.is_equal and r.place = 1 then 'MATCHED'
      when r.has_equal then 'DUPLICATE'
      else 'AMOUNT_DIFFERS' end
    from ranked r where r.id = l.id`.execute(tx);
}

export type Unsettled = {
  readonly currency: string;
  readonly amount: bigint;
  readonly fee: bigint;
};

/** What matched lines come to that are in no transaction yet, by currency. */
export async function sumUnsettled(tx: Transaction<Tables>): Promise<readonly Unsettled[]> {
  const { rows } = await sql<Unsettled>`
    select currency, sum(amount)::bigint as amount, sum(fee)::bigint as fee from settlement_line
    where verdict = 'MATCHED' and transaction_id is null group by currency order by currency`.execute(
    tx,
  );
  return rows;
}

export async function markSettled(
  tx: Transaction<Tables>,
  currency: string,
  transactionId: string,
): Promise<void> {
  await tx
    .updateTable("settlement_line")
    .set({ transaction_id: transactionId })
    .where("verdict", "=", "MATCHED")
    .where("transaction_id", "is", null)
    .where("currency", "=", currency)
    .execute();
}

export type DifferenceKind = "MISSING_HERE" | "AMOUNT_DIFFERS" | "DUPLICATE" | "MISSING_THERE";

export type DifferenceRow = {
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly at: Date;
  readonly payment_id: string;
  readonly refund_id: string | null;
  readonly currency: string;
  /** Below zero for refunds; null where it is missing. */
  readonly amount_there: bigint | null;
  readonly amount_here: bigint | null;
};

const differences = sql`(
  select 'line_' || id as id, verdict as kind, at, reference as payment_id,
    nullif(refund_reference, '') as refund_id, currency, amount as amount_there, amount_here
  from settlement_line where verdict <> 'MATCHED'
  union all
  select 'capture_' || p.id, 'MISSING_THERE', p.paid_at, p.id, null, p.currency, null, p.captured_amount
  from payment p where p.method = 'CARD' and p.captured_amount > 0
    and (p.paid_at at time zone 'UTC')::date in (select day from settlement_file)
    and not exists (select from settlement_line l where l.reference = p.id and l.kind = 'capture')
  union all
  select 'refund_' || r.id, 'MISSING_THERE', r.completed_at, r.payment_id, r.id, r.currency, null, -r.amount
  from refund r join payment p on p.id = r.payment_id
  where p.method = 'CARD' and r.state = 'SUCCEEDED'
    and (r.completed_at at time zone 'UTC')::date in (select day from settlement_file)
    and not exists (select from settlement_line l
      where l.reference = r.payment_id and l.kind = 'refund' and l.refund_reference = r.id)
) as difference`;

/** Newest first, one more than the page's limit. */
export async function listDifferences(
  db: Kysely<Tables>,
  page: TimePage,
): Promise<readonly DifferenceRow[]> {
  const order = { at: "difference.at", id: "difference.id", direction: "desc" } as const;
  const behind = page.follows ? sql`where ${follows(order, page.follows)}` : sql``;
  const { rows } = await sql<DifferenceRow>`
    select * from ${differences} ${behind} order by at desc, id desc limit ${page.limit + 1}`.execute(
    db,
  );
  return rows;
}

export async function countDifferences(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ total: bigint }>`
    select count(*) as total from ${differences}`.execute(db);
  return Number(rows[0]?.total ?? 0n);
}
