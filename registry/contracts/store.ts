/** The contracts that an operator has set, one SQL operation a function. */
import type { Kysely } from "kysely";
import type { RegistryTables } from "../tables.ts";
import type { Contract } from "./compose-contract.ts";

type Db = Kysely<RegistryTables>;

export const readContracts = (db: Db): Promise<readonly Contract[]> =>
  db
    .selectFrom("contract")
    .select(["name", "include", "exclude", "hide_unreachable as hideUnreachable"])
    .orderBy("name")
    .execute();

export async function setContract(db: Db, contract: Contract, setAt: Date): Promise<void> {
  const { name, hideUnreachable: hide_unreachable } = contract;
  const include = JSON.stringify(contract.include);
  const exclude = JSON.stringify(contract.exclude);
  const rules = { include, exclude, hide_unreachable, set_at: setAt };
  await db
    .insertInto("contract")
    .values({ name, ...rules })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(rules))
    .execute();
}

/** @returns whether there was one. */
export async function removeContract(db: Db, name: string): Promise<boolean> {
  const removed = await db.deleteFrom("contract").where("name", "=", name).executeTakeFirst();
  return removed.numDeletedRows > 0n;
}
