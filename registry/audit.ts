/** One line of the audit trail; the database keeps it as it is (database.ts). */
import type { Kysely } from "kysely";
import type { RegistryTables } from "./tables.ts";

export type Audit = (actor: string, action: string, detail: object) => Promise<void>;

export const auditTo =
  (db: Kysely<RegistryTables>, at: Date): Audit =>
  async (actor, action, detail) => {
    await db
      .insertInto("audit")
      .values({ at, actor, action, detail: JSON.stringify(detail) })
      .execute();
  };
