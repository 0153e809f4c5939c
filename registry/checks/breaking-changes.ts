/**
 * Breaking changes against real use: what the API schema loses is held against the operations that
 * clients sent within the window. What nobody used may go; what is used is refused, with the clients.
 * Where use was not recorded for the whole window, nobody knows, and that counts as used.
 */
import { ChangeType, CriticalityLevel, diff } from "@graphql-inspector/core";
import { GraphQLError, type GraphQLSchema, parse } from "graphql";
import type { Problem } from "./problem.ts";
import { coordinatesOf } from "./operation-use.ts";

/** One operation in the window, by client. */
export type RecordedOperation = {
  readonly document: string;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly count: bigint;
};

export type BreakingChangesInput = {
  /** API schemas: of what is live, and of what would be. */
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
  readonly operations: readonly RecordedOperation[];
  /** Days of the window in which nothing was recorded yet; 0: the whole window is known. */
  readonly unknownDays: number;
  readonly windowDays: number;
  /** Subgraphs being published: theirs is the change. */
  readonly subgraphs: readonly string[];
  /** Coordinates whose break an operator accepted. */
  readonly accepted: readonly string[];
};

/**
 * What these break is the use of the thing around them: a field is broken for those, too, who leave its
 * argument out, and an enum for those who are answered by it.
 */
const breaksTheWhole: ReadonlySet<string> = new Set([
  ChangeType.EnumValueRemoved,
  ChangeType.FieldArgumentAdded,
  ChangeType.FieldArgumentTypeChanged,
  ChangeType.InputFieldAdded,
  ChangeType.InputFieldTypeChanged,
]);

type Break = { readonly coordinate: string; readonly usedBy: string; readonly message: string };

async function breaksOf(before: GraphQLSchema, after: GraphQLSchema): Promise<readonly Break[]> {
  const changes = await diff(before, after);
  return changes.flatMap(({ type, path, message, criticality }): Break[] => {
    if (criticality.level !== CriticalityLevel.Breaking || path === undefined) return [];
    // Directives of a schema are not what clients send.
    if (path.startsWith("@") || type.startsWith("DIRECTIVE_")) return [];
    const usedBy = breaksTheWhole.has(type) ? path.slice(0, path.lastIndexOf(".")) : path;
    return [{ coordinate: path, usedBy, message }];
  });
}

type Client = { readonly name: string; readonly versions: Set<string>; count: bigint };

function clientsOf(uses: readonly RecordedOperation[]): string {
  const clients = new Map<string, Client>();
  for (const { clientName: name, clientVersion, count } of uses) {
    const client = clients.get(name) ?? { name, versions: new Set<string>(), count: 0n };
    client.versions.add(clientVersion);
    client.count += count;
    clients.set(name, client);
  }
  return [...clients.values()]
    .toSorted((one, other) => (one.count < other.count ? 1 : -1))
    .map(({ name, versions, count }) => {
      const list = [...versions].filter(Boolean).toSorted().join(", ");
      return `${name || "a client without a name"}${list && ` ${list}`} (${count}×)`;
    })
    .join("; ");
}

function usedCoordinates(schema: GraphQLSchema, document: string): ReadonlySet<string> {
  try {
    return coordinatesOf(schema, parse(document));
  } catch (error) {
    if (error instanceof GraphQLError) return new Set();
    throw error;
  }
}

export async function checkBreakingChanges(
  input: BreakingChangesInput,
): Promise<readonly Problem[]> {
  const { before, after, operations, unknownDays, windowDays, subgraphs, accepted } = input;
  const breaks = (await breaksOf(before, after)).filter(
    (one) => !accepted.includes(one.coordinate),
  );
  if (breaks.length === 0) return [];
  const documents = [...new Set(operations.map(({ document }) => document))];
  const coordinates = new Map(documents.map((text) => [text, usedCoordinates(before, text)]));
  return breaks.flatMap(({ coordinate, usedBy, message }): Problem[] => {
    const uses = operations.filter(({ document }) => coordinates.get(document)?.has(usedBy));
    const problem = { check: "breaking-changes", subgraphs } as const;
    if (uses.length > 0) {
      const text = `${coordinate}: ${message}. It was used within ${windowDays} days by ${clientsOf(uses)}. Keep it, mark it @deprecated with a reason, and remove it when they have moved.`;
      return [{ ...problem, code: "BREAKS_CLIENTS", message: text }];
    }
    if (unknownDays === 0) return [];
    const text = `${coordinate}: ${message}. Whether a client uses it is not known: of ${windowDays} days, ${unknownDays} were not recorded. Keep it until they are, or ask an operator to accept it: "accept":["${coordinate}"].`;
    return [{ ...problem, code: "USE_UNKNOWN", message: text }];
  });
}
