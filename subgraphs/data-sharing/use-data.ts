/**
 * The one way to shared data. Each attempt is checked against its grant (whose, since and until when,
 * for what, which fields, how often), answered from the slice of rows that the grant covers, and
 * entered in the access log, refused or not; the answer is handed over only when its entry is written,
 * and only if the grant still holds at that moment.
 */
import type { Kysely } from "kysely";
import type { Access } from "./access-log.rules.ts";
import type { AccessLogWriter, PersonalAccess } from "./access-log.writer.ts";
import { findProducts, type ProductRow, type Slice, takeUse } from "./product.store.ts";
import type { Actor } from "./sharing.actor.ts";
import { type ReadOperation, type RefusalCode, refusalOfGrant } from "./sharing.rules.ts";
import { findGrants, type GrantRow } from "./sharing.store.ts";
import type { DataSharingTables, PurposeCode } from "./tables.ts";

export type UseDeps = {
  readonly db: Kysely<DataSharingTables>;
  readonly accessLogWriter: AccessLogWriter;
  readonly clock: () => number;
  readonly requestId: string;
};

export type Attempt = {
  readonly grantId: string;
  readonly purpose: PurposeCode;
  readonly operation: ReadOperation;
  /** All fields that are read, counted by or filtered by. */
  readonly fields: readonly string[];
};

export type LoggedRefusal = {
  readonly kind: "REFUSED";
  readonly code: RefusalCode;
  readonly sequence: number;
};

export type Used<Value> =
  | { readonly kind: "GRANTED"; readonly value: Value; readonly sequence: number }
  | LoggedRefusal;

/** What came of reading, before it is logged. */
export type Reading<Value> =
  | {
      readonly kind: "READ";
      readonly value: Value;
      readonly rowCount: number;
      readonly suppressedCells: number;
      readonly personal: readonly PersonalAccess[];
    }
  | { readonly kind: "REFUSED"; readonly code: RefusalCode };

export type Usable = {
  readonly grant: GrantRow;
  readonly product: ProductRow;
  readonly slice: Slice;
  readonly now: Date;
};

const hourMs = 3_600_000;

async function check(
  { db }: UseDeps,
  actor: Actor,
  attempt: Attempt,
  grant: GrantRow | undefined,
  nowMs: number,
): Promise<RefusalCode | undefined> {
  if (grant?.agency_id !== actor.agencyId) return "GRANT_FOREIGN";
  const refusal = refusalOfGrant(grant, nowMs);
  if (refusal) return refusal;
  if (grant.purpose_code !== attempt.purpose) return "PURPOSE_MISMATCH";
  if (!attempt.fields.every((name) => grant.fields.includes(name))) return "FIELD_NOT_GRANTED";
  if (!grant.operations.includes(attempt.operation)) return "NOT_ALLOWED";
  const hour = new Date(Math.floor(nowMs / hourMs) * hourMs);
  const limit = grant.rate_per_hour;
  return (await takeUse(db, { grantId: grant.id, hour, limit })) ? undefined : "RATE_EXCEEDED";
}

async function findUsable(
  db: Kysely<DataSharingTables>,
  grant: GrantRow,
  nowMs: number,
): Promise<Usable> {
  const [product] = await findProducts(db, [grant.dataset_id]);
  if (!product) throw new Error(`The product of "${grant.dataset_id}" has gone.`);
  const now = new Date(nowMs);
  const consent =
    grant.legal_basis === "CONSENT"
      ? { agencyId: grant.agency_id, purpose: grant.purpose_code, now }
      : undefined;
  const slice = { datasetId: grant.dataset_id, conditions: grant.row_filter, consent };
  return { grant, product, slice, now };
}

/** @param read Reads what was asked for; called only when the grant allows it. */
export async function useData<Value>(
  deps: UseDeps,
  actor: Actor,
  attempt: Attempt,
  read: (usable: Usable) => Promise<Reading<Value>>,
): Promise<Used<Value>> {
  const { db, accessLogWriter, clock, requestId } = deps;
  const nowMs = clock();
  const [grant] = await findGrants(db, [attempt.grantId]);
  const code = await check(deps, actor, attempt, grant, nowMs);
  const reading: Reading<Value> =
    code !== undefined || !grant
      ? { kind: "REFUSED", code: code ?? "GRANT_FOREIGN" }
      : await read(await findUsable(db, grant, nowMs));
  const isRead = reading.kind === "READ";
  const access: Access = {
    actor: actor.id,
    agencyId: actor.agencyId,
    subjectId: attempt.grantId.slice(0, 100),
    datasetId: grant?.dataset_id ?? null,
    purpose: attempt.purpose,
    operation: attempt.operation,
    fields: attempt.fields.slice(0, 100).map((name) => name.slice(0, 100)),
    rowCount: isRead ? reading.rowCount : 0,
    suppressedCells: isRead ? reading.suppressedCells : 0,
    outcome: isRead ? "GRANTED" : "REFUSED",
    refusal: isRead ? null : reading.code,
    requestId,
  };
  const { entry } = await accessLogWriter.write(access, isRead ? reading.personal : []);
  const { sequence, refusal } = entry;
  if (isRead && refusal === null) return { kind: "GRANTED", value: reading.value, sequence };
  return { kind: "REFUSED", code: refusal as RefusalCode, sequence };
}
