/** Operations as clients ask them, out of the recorded use: known operations that nobody had to hand in. */
import { getOperationAST, parse } from "graphql";
import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import type { KnownOperation } from "./checks/input.ts";
import type { RegistryTables } from "./tables.ts";

/** The most asked; checking one takes milliseconds. */
const most = 300;
const dayMs = 86_400_000;

/** @returns those of the last `periodDays`, the most asked first, each with its clients. */
export async function readRecordedOperations(
  db: Kysely<RegistryTables>,
  periodDays: number,
  clock: Clock,
): Promise<readonly KnownOperation[]> {
  const from = new Date(clock() - periodDays * dayMs).toISOString().slice(0, 10);
  const rows = await db
    .selectFrom("operation_usage")
    .innerJoin("operation_text", "operation_text.operation", "operation_usage.operation")
    .select([
      "operation_usage.operation",
      "operation_text.text",
      (eb) => eb.fn.agg<string[]>("array_agg", ["client"]).distinct().as("clients"),
    ])
    .where("day", ">=", from)
    .groupBy(["operation_usage.operation", "operation_text.text"])
    .orderBy((eb) => eb.fn.sum("count"), "desc")
    .orderBy("operation_usage.operation")
    .limit(most)
    .execute();
  return rows.map(({ operation, text, clients }) => {
    const document = parse(text, { noLocation: true });
    const named = getOperationAST(document)?.name?.value ?? "(no name)";
    return {
      name: `${named} ${operation.slice(0, 8)}`,
      document,
      clients: clients.toSorted(),
    };
  });
}
