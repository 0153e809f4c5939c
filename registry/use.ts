/**
 * Use of the graph, as gateways tell it: operations by client and day. Values are taken out of the
 * text before it is kept: what people typed is none of the registry's business.
 */
import { createHash } from "node:crypto";
import { type DocumentNode, GraphQLError, Kind, parse, print, visit } from "graphql";
import { sql } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { type Actor, mustFollow } from "./actor.ts";
import type { RecordedOperation } from "./checks/breaking-changes.ts";
import { RegistryError } from "./errors.ts";
import type { RegistryDb } from "./tables.ts";

export type UseReport = {
  readonly document: string;
  /** As the client names itself; empty when it does not. */
  readonly clientName: string;
  readonly clientVersion: string;
  readonly count: number;
};

/** Keeps names, enum values, booleans and the shape of objects and lists; numbers become 0, texts "". */
export function withoutValues(document: DocumentNode): string {
  return print(
    visit(document, {
      IntValue: (node) => ({ ...node, value: "0" }),
      FloatValue: (node) => ({ ...node, value: "0" }),
      StringValue: (node) => ({ kind: Kind.STRING, value: "", loc: node.loc }),
    }),
  );
}

function readDocument(text: string): string {
  try {
    return withoutValues(parse(text));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new RegistryError("BAD_REQUEST", `A reported operation is no GraphQL: ${error.message}`);
  }
}

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

type UseKey = {
  readonly operation_sha256: string;
  readonly client_name: string;
  readonly client_version: string;
};
const orderOf = ({ operation_sha256, client_name, client_version }: UseKey): string =>
  JSON.stringify([operation_sha256, client_name, client_version]);

const dayMs = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export type Use = ReturnType<typeof createUse>;

export function createUse({ db, clock }: { readonly db: RegistryDb; readonly clock: Clock }) {
  return {
    /** Adds to today's counts (UTC). @throws RegistryError FORBIDDEN, BAD_REQUEST */
    async record(actor: Actor, variant: string, reports: readonly UseReport[]): Promise<void> {
      mustFollow(actor);
      const counts = new Map<string, { document: string; report: UseReport; count: number }>();
      for (const report of reports) {
        const document = readDocument(report.document);
        const key = JSON.stringify([document, report.clientName, report.clientVersion]);
        const before = counts.get(key)?.count ?? 0;
        counts.set(key, { document, report, count: before + report.count });
      }
      if (counts.size === 0) return;
      const day = dayOf(clock());
      const rows = [...counts.values()].map(({ document, report, count }) => ({
        variant,
        day,
        operation_sha256: sha256Of(document),
        client_name: report.clientName,
        client_version: report.clientVersion,
        count: BigInt(count),
      }));
      // In one order everywhere: gateways that report at once must not lock each other out.
      const inOrder = rows.toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
      const texts = new Set([...counts.values()].map(({ document }) => document));
      const operations = [...texts].map((document) => ({ sha256: sha256Of(document), document }));
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto("operation")
          .values(operations.toSorted((one, other) => (one.sha256 < other.sha256 ? -1 : 1)))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await trx
          .insertInto("operation_use")
          .values(inOrder)
          .onConflict((conflict) =>
            conflict
              .columns(["variant", "day", "operation_sha256", "client_name", "client_version"])
              .doUpdateSet({ count: sql`operation_use.count + excluded.count` }),
          )
          .execute();
      });
    },

    /** What was sent on the last `windowDays` days, today included, and how many of them are unknown. */
    async within(variant: string, windowDays: number) {
      const from = dayOf(clock() - (windowDays - 1) * dayMs);
      const rows = await db
        .selectFrom("operation_use")
        .innerJoin("operation", "operation.sha256", "operation_use.operation_sha256")
        .select(({ fn }) => [
          "operation.document",
          "client_name",
          "client_version",
          fn.sum<bigint | string>("count").as("count"),
        ])
        .where("variant", "=", variant)
        .where("day", ">=", from)
        .groupBy(["operation.document", "client_name", "client_version"])
        .execute();
      const { first } = await db
        .selectFrom("operation_use")
        .select(sql<string | null>`min(day)::text`.as("first"))
        .where("variant", "=", variant)
        .executeTakeFirstOrThrow();
      const unknownDays =
        first === null
          ? windowDays
          : Math.max(0, Math.round((Date.parse(first) - Date.parse(from)) / dayMs));
      const operations: readonly RecordedOperation[] = rows.map((row) => ({
        document: row.document,
        clientName: row.client_name,
        clientVersion: row.client_version,
        count: BigInt(row.count),
      }));
      return { operations, unknownDays };
    },
  };
}
