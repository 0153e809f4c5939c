/**
 * Lists here are ordered by a moment, then by id. One statement gives a page for each of many owners:
 * a lateral join walks the index of each owner and stops at the page's end, whatever came before it.
 */
import { type Expression, type Kysely, type RawBuilder, sql } from "kysely";
import { badUserInput } from "../kit/errors.ts";
import { type Page, type PageArguments, readPage } from "../kit/pagination.ts";
import type { Tables } from "./tables.ts";

export type TimePage = Page & { readonly follows: TimeKey | undefined };
export type TimeKey = { readonly at: Date; readonly id: string };

/** @throws GraphQLError BAD_USER_INPUT for a page size out of range or a foreign cursor. */
export function readTimePage(given: PageArguments): TimePage {
  const page = readPage(given, ["number", "string"]);
  if (!page.after) return { ...page, follows: undefined };
  const [milliseconds, id] = page.after as [number, string];
  const at = new Date(milliseconds);
  // A cursor is no secret, and PostgreSQL must never be the one to find it forged.
  const isOurs = at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9999 && /^[\w-]+$/.test(id);
  if (!isOurs)
    throw badUserInput("`after` is not a cursor of this list: pass an `endCursor` unchanged.");
  return { ...page, follows: { at, id } };
}

export type Order = {
  /** Qualified column of the moment, for example `item.issued_at`. */
  readonly at: string;
  readonly id: string;
  readonly direction: "asc" | "desc";
};

/** `(at, id)` lies behind the cursor's row. */
export function follows(order: Order, { at, id }: TimeKey): RawBuilder<boolean> {
  const operator = order.direction === "asc" ? sql`>` : sql`<`;
  return sql`(${sql.ref(order.at)}, ${sql.ref(order.id)}) ${operator} (${at}::timestamptz, ${id}::text)`;
}

/**
 * Runs `rows`, a query that refers to `owner.id`, once for each owner in one statement. `at` and `id`
 * name the columns of its result that it is ordered by.
 */
export async function forEachOwner<Row>(
  db: Kysely<Tables>,
  owners: readonly string[],
  rows: Expression<Row>,
  order: Order,
): Promise<readonly (Row & { owner_id: string })[]> {
  const direction = sql.raw(order.direction);
  const statement = sql<Row & { owner_id: string }>`
    select owner.id as owner_id, "row".*
    from unnest(${[...owners]}::text[]) as owner (id) cross join lateral ${rows} as "row"
    order by owner.id, "row".${sql.ref(order.at)} ${direction}, "row".${sql.ref(order.id)} ${direction}`;
  return (await statement.execute(db)).rows;
}
