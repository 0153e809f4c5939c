/**
 * Reconciliation: the provider's settlement file of a day is recorded, matched line by line with our own
 * captures and refunds, and what matches is settled in the ledger: the provider no longer owes it, the bank
 * got it less the fees. Importing a file again, or a longer one of the same day, adds what is new and
 * changes nothing else. Lines that do not match stay as differences, and are tried again at each import.
 */
import { createHash } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { postTransaction } from "./ledger.store.ts";
import { accountId } from "./payment.rules.ts";
import type { SettleDeps } from "./settle.ts";
import { readSettlementFile } from "./settlement-file.rules.ts";
import {
  findFile,
  insertFile,
  insertLines,
  lockImports,
  markSettled,
  matchLines,
  sumUnsettled,
  type Unsettled,
} from "./settlement.store.ts";
import type { Tables } from "./tables.ts";

export type SettlementImport = {
  /** YYYY-MM-DD in UTC, as the provider counts days. */
  readonly day: string;
  readonly csv: string;
  /** `operator:…` or `clock`. */
  readonly importedBy: string;
};

export type Imported = { readonly lines: number; readonly isNew: boolean };

async function settle(
  tx: Transaction<Tables>,
  { currency, amount, fee }: Unsettled,
  { now, newId }: SettleDeps,
): Promise<void> {
  const postings = [
    { accountId: accountId("PROVIDER", currency), amount },
    { accountId: accountId("FEES", currency), amount: -fee },
    { accountId: accountId("BANK", currency), amount: fee - amount },
  ].filter((posting) => posting.amount !== 0n);
  // Captures and refunds may cancel out to nothing, which no transaction can record.
  if (postings.length === 0) return;
  const id = newId("txn");
  await postTransaction(tx, { id, kind: "SETTLEMENT", occurredAt: now, currency, postings });
  await markSettled(tx, currency, id);
}

/** @throws SettlementFileError when the file cannot be read; then nothing of it is recorded. */
export function importSettlement(
  db: Kysely<Tables>,
  { day, csv, importedBy }: SettlementImport,
  deps: SettleDeps,
): Promise<Imported> {
  const lines = readSettlementFile(csv);
  const sha256 = createHash("sha256").update(`${day}\n${csv}`).digest("hex");
  return db.transaction().execute(async (tx) => {
    await lockImports(tx);
    const isNew = (await findFile(tx, sha256)) === undefined;
    if (isNew) {
      const file = { sha256, day, lines: lines.length, imported_at: deps.now };
      await insertFile(tx, { ...file, imported_by: importedBy });
      await insertLines(tx, { sha256, day }, lines);
    }
    await matchLines(tx);
    for (const unsettled of await sumUnsettled(tx)) await settle(tx, unsettled, deps);
    return { lines: lines.length, isNew };
  });
}
