/** What clients really ask, by day: gateways report it in batches, and the check of breaking changes reads it. */
import { type Kysely, sql } from "kysely";
import type { Clock } from "../platform/clock.ts";
import type { FieldUse, Usage } from "./checks/input.ts";
import type { RegistryTables } from "./tables.ts";

export type UsedOperation = {
  /** Hash or name that identifies the operation. */
  readonly operation: string;
  readonly client: string;
  readonly clientVersion: string;
  /** The contract that it was asked of; default: the whole graph, `current`. */
  readonly variant?: string | undefined;
  readonly count: number;
  /** Coordinates, `Type.field`. */
  readonly fields: readonly string[];
};

const dayMs = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export async function recordUsage(
  db: Kysely<RegistryTables>,
  used: readonly UsedOperation[],
  clock: Clock,
): Promise<void> {
  const day = dayOf(clock());
  // In one order, so that two gateways that report at once do not wait for each other in a circle.
  const fields = new Map<string, Required<FieldUse>>();
  const operations = new Map<string, Omit<UsedOperation, "fields" | "variant">>();
  for (const one of used) {
    const { operation, client, clientVersion, count, fields: coordinates } = one;
    const { variant = "current" } = one;
    const key = JSON.stringify([operation, client, clientVersion]);
    const before = operations.get(key)?.count ?? 0;
    operations.set(key, { operation, client, clientVersion, count: before + count });
    for (const coordinate of new Set(coordinates)) {
      const fieldKey = JSON.stringify([variant, coordinate, client]);
      const sum = (fields.get(fieldKey)?.count ?? 0) + count;
      fields.set(fieldKey, { variant, coordinate, client, count: sum });
    }
  }
  const sorted = <T>(map: ReadonlyMap<string, T>): T[] =>
    [...map].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
  await db.transaction().execute(async (transaction) => {
    for (const { operation, client, clientVersion, count } of sorted(operations))
      await transaction
        .insertInto("operation_usage")
        .values({ day, operation, client, client_version: clientVersion, count })
        .onConflict((conflict) =>
          conflict
            .columns(["day", "operation", "client", "client_version"])
            .doUpdateSet({ count: sql`operation_usage.count + excluded.count` }),
        )
        .execute();
    for (const row of sorted(fields))
      await transaction
        .insertInto("field_usage")
        .values({ day, ...row })
        .onConflict((conflict) =>
          conflict
            .columns(["day", "variant", "coordinate", "client"])
            .doUpdateSet({ count: sql`field_usage.count + excluded.count` }),
        )
        .execute();
  });
}

export async function readUsage(
  db: Kysely<RegistryTables>,
  periodDays: number,
  clock: Clock,
): Promise<Usage> {
  const from = dayOf(clock() - periodDays * dayMs);
  const rows = await db
    .selectFrom("field_usage")
    .select(["variant", "coordinate", "client", (eb) => eb.fn.sum<bigint>("count").as("count")])
    .where("day", ">=", from)
    .groupBy(["variant", "coordinate", "client"])
    .orderBy("coordinate")
    .orderBy("client")
    .orderBy("variant")
    .execute();
  const earlier = await db
    .selectFrom("operation_usage")
    .select("day")
    .where("day", "<=", from)
    .limit(1)
    .executeTakeFirst();
  return {
    fields: rows.map(({ count, ...row }) => ({ ...row, count: Number(count) })),
    coversPeriod: earlier !== undefined,
    periodDays,
  };
}
