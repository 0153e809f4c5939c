/** The audit trail: who did what to what, and when. Written with what it tells of, in one transaction. */
import type { Actor } from "./actor.ts";
import { nameOf } from "./actor.ts";
import type { RegistryDb } from "./tables.ts";

export type AuditAction =
  | "SUBGRAPH_REGISTERED"
  | "CREDENTIAL_ISSUED"
  | "CREDENTIAL_ROTATED"
  | "CREDENTIAL_REVOKED"
  | "CONSENT_GIVEN"
  | "CONSENT_WITHDRAWN"
  | "CHECKED"
  | "PUBLISHED"
  | "PUBLISH_REFUSED"
  | "ROLLED_BACK"
  | "ACCESS_REFUSED";

export type AuditEntry = {
  readonly actor: Actor;
  readonly action: AuditAction;
  /** Name or id of what it was done to. */
  readonly subject: string;
  /** Never a secret, never an SDL. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly at: Date;
};

/** @param db A transaction where the entry must stand or fall with something else. */
export async function audit(db: RegistryDb, entry: AuditEntry): Promise<void> {
  const { actor, action, subject, detail = {}, at } = entry;
  await db
    .insertInto("audit_entry")
    .values({ at, actor: nameOf(actor), action, subject, detail: JSON.stringify(detail) })
    .execute();
}

/** Newest first. @param before Only entries older than this id. */
export const readAudit = (db: RegistryDb, limit: number, before?: number) =>
  db
    .selectFrom("audit_entry")
    .selectAll()
    .$if(before !== undefined, (query) => query.where("id", "<", before ?? 0))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
