/** What clients really ask, by day: gateways report it in batches, and the checks of a publish read it. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Clock } from "../platform/clock.ts";
import type { FieldUse, Usage } from "./checks/input.ts";
import type { RegistryTables } from "./tables.ts";

export type UsedOperation = {
  /** Hash or name that identifies the operation. */
  readonly operation: string;
  /** Without the values that were written into it. Undefined: its use is counted, its validity not checked. */
  readonly text?: string | undefined;
  readonly client: string;
  readonly clientVersion: string;
  /** The contract that it was asked of; default: the whole graph, `current`. */
  readonly variant?: string | undefined;
  readonly count: number;
  /** Coordinates, `Type.field`. */
  readonly fields: readonly string[];
};

/** Clients name themselves, and write what they like: above this, a day's use is of others. */
const most = { clients: 1_000, operations: 10_000 };
const others = { client: "(other clients)", operation: "(other operations)" };

const dayMs = 86_400_000;
const rowsAtOnce = 500;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Takes what is known, and new ones as long as there is room. */
const admitUpTo = (limit: number, known: ReadonlySet<string>) => {
  const admitted = new Set(known);
  return (key: string): boolean => {
    if (!admitted.has(key) && admitted.size >= limit) return false;
    admitted.add(key);
    return true;
  };
};

/** In one order, so that two gateways that report at once do not wait for each other in a circle. */
function* inBatches<T>(rows: ReadonlyMap<string, T>): Generator<T[]> {
  const sorted = [...rows].toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (let from = 0; from < sorted.length; from += rowsAtOnce)
    yield sorted.slice(from, from + rowsAtOnce).map(([, row]) => row);
}

/** The day's use with what is over the limits put together, and each row once. */
async function sumUp(db: Transaction<RegistryTables>, used: readonly UsedOperation[], day: string) {
  const today = await db
    .selectFrom("operation_usage")
    .select(["operation", "client", "client_version"])
    .where("day", "=", day)
    .groupBy(["operation", "client", "client_version"])
    .execute();
  const clientKey = (client: string, version: string) => JSON.stringify([client, version]);
  const takesClient = admitUpTo(
    most.clients,
    new Set(today.map((row) => clientKey(row.client, row.client_version))),
  );
  const takesOperation = admitUpTo(
    most.operations,
    new Set(today.map(({ operation }) => operation)),
  );
  const operations = new Map<string, RegistryTables["operation_usage"]>();
  const fields = new Map<string, RegistryTables["field_usage"]>();
  const texts = new Map<string, RegistryTables["operation_text"]>();
  for (const one of used) {
    const { count, text, variant = "current" } = one;
    const isKnownClient = takesClient(clientKey(one.client, one.clientVersion));
    const client = isKnownClient ? one.client : others.client;
    const client_version = isKnownClient ? one.clientVersion : "";
    const isKnown = takesOperation(one.operation);
    const operation = isKnown ? one.operation : others.operation;
    if (isKnown && text !== undefined) texts.set(operation, { operation, text });
    const key = JSON.stringify([operation, client, client_version]);
    const before = operations.get(key)?.count ?? 0;
    operations.set(key, { day, operation, client, client_version, count: before + count });
    for (const coordinate of new Set(one.fields)) {
      const fieldKey = JSON.stringify([variant, coordinate, client]);
      const sum = (fields.get(fieldKey)?.count ?? 0) + count;
      fields.set(fieldKey, { day, variant, coordinate, client, count: sum });
    }
  }
  return { operations, fields, texts };
}

/** Twice the period tells still since when use is recorded. */
async function forget(db: Transaction<RegistryTables>, before: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom("operation_usage")
    .where("day", "<", before)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return;
  await db.deleteFrom("field_usage").where("day", "<", before).execute();
  await db
    .deleteFrom("operation_text")
    .where("operation", "not in", (eb) => eb.selectFrom("operation_usage").select("operation"))
    .execute();
}

/** @param periodDays For how long use is looked back at; it is kept for twice as long. */
export async function recordUsage(
  db: Kysely<RegistryTables>,
  used: readonly UsedOperation[],
  periodDays: number,
  clock: Clock,
): Promise<void> {
  const day = dayOf(clock());
  await db.transaction().execute(async (transaction) => {
    const { operations, fields, texts } = await sumUp(transaction, used, day);
    for (const rows of inBatches(texts))
      await transaction
        .insertInto("operation_text")
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    for (const rows of inBatches(operations))
      await transaction
        .insertInto("operation_usage")
        .values(rows)
        .onConflict((conflict) =>
          conflict
            .columns(["day", "operation", "client", "client_version"])
            .doUpdateSet({ count: sql`operation_usage.count + excluded.count` }),
        )
        .execute();
    for (const rows of inBatches(fields))
      await transaction
        .insertInto("field_usage")
        .values(rows)
        .onConflict((conflict) =>
          conflict
            .columns(["day", "variant", "coordinate", "client"])
            .doUpdateSet({ count: sql`field_usage.count + excluded.count` }),
        )
        .execute();
    await forget(transaction, dayOf(clock() - 2 * periodDays * dayMs));
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
    fields: rows.map(({ count, ...row }): FieldUse => ({ ...row, count: Number(count) })),
    coversPeriod: earlier !== undefined,
    periodDays,
  };
}
