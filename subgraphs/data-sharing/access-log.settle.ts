/**
 * The last look before an access enters the log, in the log's own transaction: a grant that was
 * suspended or revoked, or a consent that was withdrawn, while the data was read, makes a refusal of
 * it. What was read of a person on consent is written to that person's account at the same time.
 */
import type { Kysely } from "kysely";
import type { Access } from "./access-log.rules.ts";
import type { Submission } from "./access-log.writer.ts";
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

export async function settle(
  db: Db,
  submissions: readonly Submission[],
  nowMs: number,
): Promise<readonly Access[]> {
  const granted = submissions.filter(({ access }) => access.outcome === "GRANTED");
  if (granted.length === 0) return submissions.map(({ access }) => access);
  const grants = await lockGrants(db, [...new Set(granted.map(({ access }) => access.subjectId))]);
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const consentIds = granted.flatMap(({ personal }) =>
    personal.flatMap(({ consent_id: id }) => (id == null ? [] : [id])),
  );
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
