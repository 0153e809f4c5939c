/**
 * Relay connections (the Cursor Connections Specification) by keyset: a cursor holds the sort keys
 * of its row, so pages stay right while rows come and go, and the tenth page costs what the first does.
 */
import { ArgsType, Directive, Field, Int, ObjectType } from "type-graphql";
import { badUserInput } from "./errors.ts";

export const pageSizeLimit = 100;
export const defaultPageSize = 20;

@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    defaultValue: defaultPageSize,
    description: `How many, from 0 to ${pageSizeLimit}.`,
  })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: "The cursor after which the page begins: `pageInfo.endCursor` of the page before.",
  })
  after?: string | null;
}

export type SortKey = string | number;

/** A page that was asked for; `after` holds the sort keys of the row that it follows. */
export type Page = { readonly limit: number; readonly after: readonly SortKey[] | undefined };

export const encodeCursor = (keys: readonly SortKey[]): string =>
  Buffer.from(JSON.stringify(keys)).toString("base64url");

const foreignCursor = () =>
  badUserInput("`after` is not a cursor of this list: pass an `endCursor` unchanged.");

function decodeCursor(cursor: string, shape: readonly ("string" | "number")[]): readonly SortKey[] {
  let keys: unknown;
  try {
    keys = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw foreignCursor();
  }
  const fits =
    Array.isArray(keys) &&
    keys.length === shape.length &&
    keys.every((key, index) => typeof key === shape[index] && key === key);
  if (!fits) throw foreignCursor();
  return keys as SortKey[];
}

/**
 * Checks what a client asked for. `shape` gives the types of the list's sort keys, the last one unique.
 * @throws GraphQLError BAD_USER_INPUT for a page size outside of 0…100 or a foreign cursor.
 */
export function readPage(
  given: { readonly first: number; readonly after?: string | null },
  shape: readonly ("string" | "number")[],
): Page {
  const { first, after } = given;
  if (first < 0 || first > pageSizeLimit) {
    throw badUserInput(`\`first\` must be from 0 to ${pageSizeLimit}, not ${first}.`);
  }
  return { limit: first, after: after == null ? undefined : decodeCursor(after, shape) };
}

@Directive("@shareable")
@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "Where a page stands in its list." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether more follow." })
  hasNextPage!: boolean;

  @Field(() => Boolean, {
    description: "Whether the page was asked for by a cursor, so that some come before.",
  })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the first item; null on an empty page.",
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the last item; null on an empty page.",
  })
  endCursor!: string | null;
}

export type Edge<Node> = { readonly cursor: string; readonly node: Node };

export type Connection<Node> = {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  readonly count: () => Promise<number>;
};

/**
 * Rows → a connection. `rows` holds up to `page.limit + 1` of them: the extra one only tells that
 * more follow. `count` runs when a client asks for `totalCount`, and not otherwise.
 */
export function toConnection<Row, Node>(options: {
  readonly rows: readonly Row[];
  readonly page: Page;
  readonly keysOf: (row: Row) => readonly SortKey[];
  readonly toNode: (row: Row) => Node;
  readonly count: () => Promise<number>;
}): Connection<Node> {
  const { rows, page, keysOf, toNode, count } = options;
  const edges = rows
    .slice(0, page.limit)
    .map((row) => ({ cursor: encodeCursor(keysOf(row)), node: toNode(row) }));
  const pageInfo = Object.assign(new PageInfo(), {
    hasNextPage: rows.length > page.limit,
    hasPreviousPage: page.after !== undefined,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  });
  return { edges, nodes: edges.map((edge) => edge.node), pageInfo, count };
}

/**
 * The classes `<Name>Connection` and `<Name>Edge` of a node type. Call it once per node type and
 * return `toConnection(…)` from fields of the type `Connection`.
 */
export function connectionOf<Node extends object>(
  name: string,
  nodeType: () => new () => Node,
): { readonly Connection: new () => Connection<Node> } {
  @Directive("@cacheControl(inheritMaxAge: true)")
  @ObjectType(`${name}Edge`, { description: `One ${name} in a list, with its cursor.` })
  class NodeEdge {
    @Field(() => String, { description: "Pass as `after` to continue behind this one." })
    cursor!: string;

    @Field(nodeType, { description: `The ${name}.` })
    node!: Node;
  }

  @Directive("@cacheControl(inheritMaxAge: true)")
  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class NodeConnection {
    @Field(() => [NodeEdge], { description: "The page's items with their cursors." })
    edges!: readonly NodeEdge[];

    @Field(() => [nodeType()], { description: "The page's items alone." })
    nodes!: readonly Node[];

    @Field(() => PageInfo, { description: "Where the page stands in the list." })
    pageInfo!: PageInfo;

    count!: () => Promise<number>;

    @Field(() => Int, { description: "How many items the whole list has." })
    totalCount(): Promise<number> {
      return this.count();
    }
  }
  return { Connection: NodeConnection };
}
