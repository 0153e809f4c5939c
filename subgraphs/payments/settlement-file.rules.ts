/**
 * The provider's daily settlement file: CSV with a header, a line for each capture (amount above zero) and
 * each refund (below zero), with the provider's fee, all in minor units. Read as a whole or not at all. Pure.
 */
import { parse } from "csv-parse/sync";
import { z } from "zod";

const minorUnits = z
  .string()
  .regex(/^-?\d{1,15}$/, "must be a whole number of minor units")
  .transform(BigInt);
const id = z.string().regex(/^[\w-]{1,120}$/, "must be an id");

const lineSchema = z
  .object({
    reference: id,
    kind: z.enum(["capture", "refund"]),
    refund_reference: z.union([z.literal(""), id]),
    amount: minorUnits,
    fee: minorUnits,
    currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code"),
    at: z.iso.datetime().transform((text) => new Date(text)),
  })
  .refine(({ kind, refund_reference: ref }) => (kind === "refund") === (ref !== ""), {
    path: ["refund_reference"],
    message: "must be there for refunds, and for nothing else",
  })
  .refine(({ kind, amount }) => (kind === "refund" ? amount < 0n : amount > 0n), {
    path: ["amount"],
    message: "must be above zero for captures, and below zero for refunds",
  });

export type SettlementLine = z.infer<typeof lineSchema> & {
  /** Which of several equal lines of the file, from 1. */
  readonly copy: number;
};

/** Thrown for a file that is not what a settlement file is; the message names the line. */
export class SettlementFileError extends Error {}

/** @throws SettlementFileError */
export function readSettlementFile(csv: string): readonly SettlementLine[] {
  let records: readonly Record<string, string>[];
  try {
    records = parse(csv, { columns: true, skip_empty_lines: true });
  } catch (error) {
    throw new SettlementFileError(`The file is no CSV: ${(error as Error).message}`);
  }
  const seen = new Map<string, number>();
  return records.map((record, index) => {
    const read = lineSchema.safeParse(record);
    if (!read.success) {
      const problem = read.error.issues
        .map(({ path, message }) => `${path.join(".")} ${message}`)
        .join("; ");
      throw new SettlementFileError(`Line ${index + 2} of the file is wrong: ${problem}.`);
    }
    const same = JSON.stringify(record);
    const copy = (seen.get(same) ?? 0) + 1;
    seen.set(same, copy);
    return { ...read.data, copy };
  });
}
