/** All migrations in the order in which they run; released ones are never edited. */
import * as items from "./0001-items.ts";
import * as ledger from "./0002-ledger.ts";
import * as payments from "./0003-payments.ts";

export const migrations = {
  "0001-items": items,
  "0002-ledger": ledger,
  "0003-payments": payments,
};
