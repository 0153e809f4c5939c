/**
 * The last look before an access enters the log, in the log's own transaction: a grant that was
 * suspended or revoked, or a consent that was withdrawn, while the data was read, makes a refusal of
 * it. What was read of a person on consent is written to that person's account at the same time.
 */
import type { Kysely } from "kysely";
import type { Access } from "./access-log.rules.ts";
import type { Submission } from "./access-log.writer.ts";
import { takeUse } from "./product.store.ts";
import { type RefusalCode, refusalOfGrant } from "./sharing.rules.ts";
import type { DataSharingTables } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

/** Holds the grants as they are until the log is written: a revocation comes wholly before or after. */
const lockGrants = (db: Db, ids: readonly string[]) =>
  db
    .selectFrom("access_grant")
    .select(["id", "state", "from_at", "until_at"])
    .where("id", "in", [...ids])
    .orderBy("id")
    .forShare()
    .execute();

/** A withdrawal refers to its consent, and waits for this lock: it comes wholly before or after. */
const lockConsents = (db: Db, consentIds: readonly string[]) =>
  db
    .selectFrom("consent")
    .select("id")
    .where("id", "in", [...consentIds])
    .orderBy("id")
    .forUpdate()
    .execute();

const findWithdrawn = (db: Db, consentIds: readonly string[]) =>
  db
    .selectFrom("consent_withdrawal")
    .select("consent_id")
    .where("consent_id", "in", [...consentIds])
    .execute();

const refuse = (access: Access, refusal: RefusalCode): Access => ({
  ...access,
  outcome: "REFUSED",
  refusal,
  rowCount: 0,
  suppressedCells: 0,
});

/** Counts the uses in their order: those beyond the rate are refused, whatever else was found. */
async function countUses(
  db: Db,
  submissions: readonly Submission[],
): Promise<readonly Submission[]> {
  const counted: Submission[] = [];
  for (const submission of submissions) {
    const { use, access } = submission;
    const isWithin = use === undefined || (await takeUse(db, use));
    counted.push(isWithin ? submission : { access: refuse(access, "RATE_EXCEEDED"), personal: [] });
  }
  return counted;
}

export async function settle(
  db: Db,
  all: readonly Submission[],
  nowMs: number,
): Promise<readonly Access[]> {
  const submissions = await countUses(db, all);
  const granted = submissions.filter(({ access }) => access.outcome === "GRANTED");
  if (granted.length === 0) return submissions.map(({ access }) => access);
  const grants = await lockGrants(db, [...new Set(granted.map(({ access }) => access.subjectId))]);
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const consentIds = granted.flatMap(({ personal }) =>
    personal.flatMap(({ consent_id: id }) => (id == null ? [] : [id])),
  );
  if (consentIds.length > 0) await lockConsents(db, consentIds);
  const gone = consentIds.length === 0 ? [] : await findWithdrawn(db, consentIds);
  const withdrawn = new Set(gone.map(({ consent_id: id }) => id));

  const accesses: Access[] = [];
  const kept: Submission[] = [];
  for (const submission of submissions) {
    const { access, personal } = submission;
    const grant = byId.get(access.subjectId);
    const refusal =
      access.outcome === "REFUSED"
        ? undefined
        : grant
          ? refusalOfGrant(grant, nowMs)
          : "GRANT_FOREIGN";
    const isWithdrawn = personal.some(({ consent_id: id }) => id != null && withdrawn.has(id));
    if (refusal) accesses.push(refuse(access, refusal));
    else if (isWithdrawn) accesses.push(refuse(access, "CONSENT_WITHDRAWN"));
    else {
      accesses.push(access);
      kept.push(submission);
    }
  }
  const rows = kept.flatMap(({ personal }) => personal);
  if (rows.length > 0) await db.insertInto("data_access").values(rows).execute();
  return accesses;
}
