/**
 * An agency charges a fee for one of its services, or withdraws it. The agency's own reference is part of
 * the fee's id, so that charging the same thing again is the same fee, however often and however concurrent.
 */
import { type Kysely, sql } from "kysely";
import type { Text } from "./charge-line.rules.ts";
import { addItem, linesOf, type NewServiceFee, voidItem } from "./intake.store.ts";
import { lockItemById } from "./item.store.ts";
import { totalOf } from "./charge-line.rules.ts";
import { paymentOfItem } from "./payment.store.ts";
import { serviceFeesByIds } from "./service-fee.store.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables } from "./tables.ts";

export type FeeCharge = {
  readonly agencyId: string;
  readonly payableId: string;
  readonly personId: string;
  readonly reference: string;
  readonly title: Text;
  /** Minor units above zero, without Knowledge and Innovation Dirham. */
  readonly fee: bigint;
};

export const feeRefusals = {
  NO_SUCH_PAYABLE: "NO_SUCH_PAYABLE",
  REFERENCE_REUSED: "REFERENCE_REUSED",
  NO_SUCH_FEE: "NO_SUCH_FEE",
  NOT_OPEN: "NOT_OPEN",
} as const;
export type FeeRefusal = keyof typeof feeRefusals;

export type FeeOutcome =
  | { readonly kind: "DONE"; readonly feeId: string }
  | { readonly kind: "REFUSED"; readonly code: FeeRefusal };

const refused = (code: FeeRefusal): FeeOutcome => ({ kind: "REFUSED", code });

export const feeIdOf = (agencyId: string, reference: string): string =>
  `fee_${agencyId}_${reference}`;

export function chargeFee(
  db: Kysely<Tables>,
  { agencyId, payableId, personId, reference, title, fee }: FeeCharge,
  { now }: SettleDeps,
): Promise<FeeOutcome> {
  const id = feeIdOf(agencyId, reference);
  return db.transaction().execute(async (tx) => {
    // Whoever charges under the same reference waits here, and then finds the fee that is there by now.
    await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`.execute(tx);
    const payable = await tx
      .selectFrom("payable")
      .select(["kind", "biller_id", "sample"])
      .where("id", "=", payableId)
      .executeTakeFirst();
    if (payable?.biller_id !== agencyId || payable.kind !== "FEE")
      return refused("NO_SUCH_PAYABLE");
    const charged: NewServiceFee = {
      id,
      kind: "SERVICE_FEE",
      personId,
      payableId,
      billerId: agencyId,
      issuedAt: now,
      currency: "AED",
      sample: payable.sample,
      title,
      fee,
    };
    const [known] = await serviceFeesByIds(tx, [id]);
    if (!known) {
      await addItem(tx, charged);
      return { kind: "DONE", feeId: id };
    }
    const isSame =
      known.person_id === personId &&
      known.payable_id === payableId &&
      known.amount === totalOf(linesOf(charged)) &&
      known.title_en === title.en &&
      known.title_ar === title.ar;
    return isSame ? { kind: "DONE", feeId: id } : refused("REFERENCE_REUSED");
  });
}

/** Withdrawing it again is done already; one that is paid, or being paid, stays. */
export const withdrawFee = (
  db: Kysely<Tables>,
  { agencyId, feeId }: { readonly agencyId: string; readonly feeId: string },
): Promise<FeeOutcome> =>
  db.transaction().execute(async (tx) => {
    const item = await lockItemById(tx, feeId);
    if (item?.kind !== "SERVICE_FEE" || item.biller_id !== agencyId) return refused("NO_SUCH_FEE");
    if (item.status === "VOID") return { kind: "DONE", feeId };
    if (item.status !== "OPEN" || (await paymentOfItem(tx, feeId))) return refused("NOT_OPEN");
    await voidItem(tx, feeId);
    return { kind: "DONE", feeId };
  });
