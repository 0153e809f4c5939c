/**
 * How items come in: bills, fines, fills and fees as their billers hand them over, all open. The
 * amount is never given: it is the sum of the lines, which each kind makes by its own rule.
 */
import type { Transaction } from "kysely";
import { governmentFeeLines, type Line, type Text, totalOf } from "./charge-line.rules.ts";
import type { FineDiscount } from "./fine.rules.ts";
import { fuelTotal, litresText } from "./fuel-fill.rules.ts";
import { toLineColumns } from "./item.store.ts";
import type { Tables } from "./tables.ts";

type Common = {
  readonly id: string;
  readonly personId: string;
  readonly payableId: string;
  readonly billerId: string;
  readonly issuedAt: Date;
  readonly currency: string;
  readonly sample: boolean;
};

export type NewBill = Common & {
  readonly kind: "BILL";
  readonly accountNumber: string;
  readonly dueAt: Date;
  /** Into how many parts it may be split; in full only when left out. */
  readonly mostInstalments?: number;
  readonly lines: readonly Line[];
};
export type NewFine = Common & {
  readonly kind: "FINE";
  readonly violation: Text;
  readonly plate: string | null;
  /** Before any discount. */
  readonly amount: bigint;
  readonly discount: FineDiscount | null;
  readonly blackPoints: number;
};
export type NewFuelFill = Common & {
  readonly kind: "FUEL_FILL";
  readonly station: Text;
  readonly pump: number;
  readonly grade: string;
  readonly millilitres: number;
  readonly pricePerLitre: bigint;
};
export type NewServiceFee = Common & {
  readonly kind: "SERVICE_FEE";
  readonly title: Text;
  /** What the agency asks for, without Knowledge and Innovation Dirham. */
  readonly fee: bigint;
};
export type NewItem = NewBill | NewFine | NewFuelFill | NewServiceFee;

export function linesOf(item: NewItem): readonly Line[] {
  switch (item.kind) {
    case "BILL":
      return item.lines;
    case "FINE":
      return [{ kind: "PENALTY", description: item.violation, amount: item.amount }];
    case "FUEL_FILL": {
      const litres = litresText(item.millilitres);
      const description = { en: `Fuel, ${litres} litres`, ar: `وقود، ${litres} لتر` };
      const amount = fuelTotal(item.millilitres, item.pricePerLitre);
      return [{ kind: "FUEL", description, amount }];
    }
    case "SERVICE_FEE":
      return governmentFeeLines(item.fee, item.title);
    default:
      throw new TypeError(`No such kind of item: ${String(item satisfies never)}`);
  }
}

async function addDetails(tx: Transaction<Tables>, item: NewItem): Promise<void> {
  switch (item.kind) {
    case "BILL": {
      const { id: item_id, accountNumber: account_number, dueAt: due_at } = item;
      const most_instalments = item.mostInstalments ?? 1;
      const row = { item_id, account_number, due_at, most_instalments };
      await tx.insertInto("bill").values(row).execute();
      return;
    }
    case "FINE": {
      const { id: item_id, violation, plate, issuedAt: occurred_at, discount } = item;
      const row = {
        item_id,
        violation_en: violation.en,
        violation_ar: violation.ar,
        plate,
        occurred_at,
        discount_percent: discount?.percent ?? null,
        discount_until: discount?.until ?? null,
        black_points: item.blackPoints,
      };
      await tx.insertInto("fine").values(row).execute();
      return;
    }
    case "FUEL_FILL": {
      const { id: item_id, station, pump, grade, millilitres, pricePerLitre } = item;
      const named = { station_en: station.en, station_ar: station.ar };
      const row = { item_id, ...named, pump, grade, millilitres, price_per_litre: pricePerLitre };
      await tx.insertInto("fuel_fill").values(row).execute();
      return;
    }
    case "SERVICE_FEE": {
      const { id: item_id, title } = item;
      const row = { item_id, title_en: title.en, title_ar: title.ar };
      await tx.insertInto("service_fee").values(row).execute();
    }
  }
}

export async function addItem(tx: Transaction<Tables>, item: NewItem): Promise<void> {
  const lines = linesOf(item);
  const row = {
    id: item.id,
    kind: item.kind,
    person_id: item.personId,
    payable_id: item.payableId,
    biller_id: item.billerId,
    status: "OPEN" as const,
    issued_at: item.issuedAt,
    amount: totalOf(lines),
    currency: item.currency,
    sample: item.sample,
  };
  await tx.insertInto("item").values(row).execute();
  await tx
    .insertInto("item_line")
    .values(lines.map((line, index) => ({ item_id: item.id, ...toLineColumns(line, index) })))
    .execute();
  await addDetails(tx, item);
}

/** Withdraws an open item. */
export async function voidItem(tx: Transaction<Tables>, itemId: string): Promise<void> {
  await tx.updateTable("item").set({ status: "VOID" }).where("id", "=", itemId).execute();
}
