/** Pages of lists that are ordered by a moment and then by id, the newest first. */
import { type RawBuilder, sql } from "kysely";
import { badUserInput } from "../kit/errors.ts";
import { type Page, type PageArguments, readPage } from "../kit/pagination.ts";

export type TimePage = Page & {
  /** Where the page before ended. */
  readonly follows: { readonly at: Date; readonly id: string } | undefined;
};

/** @throws GraphQLError BAD_USER_INPUT for a page size out of range or a foreign cursor. */
export function readTimePage(given: PageArguments): TimePage {
  const page = readPage(given, ["number", "string"]);
  if (!page.after) return { ...page, follows: undefined };
  const [milliseconds, id] = page.after as [number, string];
  const at = new Date(milliseconds);
  // A cursor is no secret, and PostgreSQL must never be the one to find it forged.
  const isOurs = at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9999 && /^[\w-]+$/.test(id);
  if (isOurs) return { ...page, follows: { at, id } };
  throw badUserInput("`after` is not a cursor of this list: pass an `endCursor` unchanged.");
}

/** The condition that `(column, id)` lies behind the end of the page before, in descending order. */
export const isBehind = (column: string, id: string, { follows }: TimePage): RawBuilder<boolean> =>
  follows === undefined
    ? sql`true`
    : sql`(${sql.ref(column)}, ${sql.ref(id)}) < (${follows.at}::timestamptz, ${follows.id}::text)`;
