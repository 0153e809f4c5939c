/**
 * The one way to shared data. Each attempt is checked against its grant (whose, since and until when,
 * for what, which fields, how often), answered from the slice of rows that the grant covers, and
 * entered in the access log, refused or not; the answer is handed over only when its entry is written,
 * and only if the grant still holds at that moment.
 */
import type { Kysely } from "kysely";
import type { Access } from "./access-log.rules.ts";
import type { AccessLogWriter, GrantUse, PersonalAccess } from "./access-log.writer.ts";
import {
  findGrantInUse,
  type GrantInUse,
  type ProductRow,
  type Slice,
  takeUse,
} from "./product.store.ts";
import type { Actor } from "./sharing.actor.ts";
import { type ReadOperation, type RefusalCode, refusalOfGrant } from "./sharing.rules.ts";
import type { GrantRow } from "./sharing.store.ts";
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

function refusalOf(
  actor: Actor,
  attempt: Attempt,
  found: GrantInUse | undefined,
  nowMs: number,
): RefusalCode | undefined {
  const { grant, usedThisHour = 0 } = found ?? {};
  if (grant?.agency_id !== actor.agencyId) return "GRANT_FOREIGN";
  const refusal = refusalOfGrant(grant, nowMs);
  if (refusal) return refusal;
  if (grant.purpose_code !== attempt.purpose) return "PURPOSE_MISMATCH";
  if (!attempt.fields.every((name) => grant.fields.includes(name))) return "FIELD_NOT_GRANTED";
  if (!grant.operations.includes(attempt.operation)) return "NOT_ALLOWED";
  // Spares the reading; the use itself is counted, and refused beyond the rate, as it is logged.
  return usedThisHour < grant.rate_per_hour ? undefined : "RATE_EXCEEDED";
}

function toUsable({ grant, product }: GrantInUse, nowMs: number): Usable {
  if (!product) throw new Error(`The product of "${grant.dataset_id}" has gone.`);
  const now = new Date(nowMs);
  const consent =
    grant.legal_basis === "CONSENT"
      ? { agencyId: grant.agency_id, purpose: grant.purpose_code, now }
      : undefined;
  const slice = { datasetId: grant.dataset_id, conditions: grant.row_filter, consent };
  return { grant, product, slice, now };
}

type Answered<Value> = { readonly reading: Reading<Value>; readonly use: GrantUse | undefined };

async function readUnderGrant<Value>(
  { db, clock }: UseDeps,
  [actor, attempt]: readonly [Actor, Attempt],
  found: GrantInUse | undefined,
  read: (usable: Usable) => Promise<Reading<Value>>,
): Promise<Answered<Value>> {
  const nowMs = clock();
  const code = refusalOf(actor, attempt, found, nowMs);
  if (code !== undefined || !found) {
    return { reading: { kind: "REFUSED", code: code ?? "GRANT_FOREIGN" }, use: undefined };
  }
  const use = { grantId: found.grant.id, hour: hourOf(nowMs), limit: found.grant.rate_per_hour };
  try {
    return { reading: await read(toUsable(found, nowMs)), use };
  } catch (error) {
    // Bad input is not logged, but it has cost a reading.
    await takeUse(db, use);
    throw error;
  }
}

const hourOf = (nowMs: number): Date => new Date(Math.floor(nowMs / hourMs) * hourMs);

/** @param read Reads what was asked for; called only when the grant allows it. */
export async function useData<Value>(
  deps: UseDeps,
  actor: Actor,
  attempt: Attempt,
  read: (usable: Usable) => Promise<Reading<Value>>,
): Promise<Used<Value>> {
  const { db, accessLogWriter, clock, requestId } = deps;
  const found = await findGrantInUse(db, attempt.grantId, hourOf(clock()));
  const { reading, use } = await readUnderGrant(deps, [actor, attempt], found, read);
  const isRead = reading.kind === "READ";
  const access: Access = {
    actor: actor.id,
    agencyId: actor.agencyId,
    subjectId: attempt.grantId.slice(0, 100),
    datasetId: found?.grant.dataset_id ?? null,
    purpose: attempt.purpose,
    operation: attempt.operation,
    fields: attempt.fields.slice(0, 100).map((name) => name.slice(0, 100)),
    rowCount: isRead ? reading.rowCount : 0,
    suppressedCells: isRead ? reading.suppressedCells : 0,
    outcome: isRead ? "GRANTED" : "REFUSED",
    refusal: isRead ? null : reading.code,
    requestId,
  };
  const personal = isRead ? reading.personal : [];
  const { entry } = await accessLogWriter.write(access, { personal, use });
  const { sequence, refusal } = entry;
  if (isRead && refusal === null) return { kind: "GRANTED", value: reading.value, sequence };
  return { kind: "REFUSED", code: refusal as RefusalCode, sequence };
}
