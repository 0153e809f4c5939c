/** The condition that a row's `search_text` holds a normalised text; `%` and `_` mean themselves. */
import { type RawBuilder, type SqlBool, sql } from "kysely";

export const containsText = (normalized: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`strpos(search_text, ${normalized}) > 0`;
