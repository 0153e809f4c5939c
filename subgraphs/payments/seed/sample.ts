/**
 * Reads the sample data files: plain JSON beside this file, amounts in fils, moments in the city's
 * time. All of it is made up; agencies and services are named by their ids in the catalogue.
 */
import { readFile } from "node:fs/promises";
import { fromRoot } from "../../../platform/root.ts";
import type { Line, Text } from "../charge-line.rules.ts";
import type { NewBill, NewFine, NewFuelFill, NewItem, NewServiceFee } from "../intake.store.ts";
import type { PayableKind } from "../tables.ts";

export type SampleBiller = { readonly agency: string; readonly receiptPrefix: string };

export type SamplePayable = {
  readonly id: string;
  readonly kind: PayableKind;
  readonly biller: string;
  readonly service: string;
  readonly name: Text;
  readonly accountLabel: Text;
  readonly discountable?: true;
};

export type SampleWallet = {
  readonly person: string;
  readonly topUps: readonly { readonly id: string; readonly amount: number; readonly at: string }[];
};

export type SampleStation = {
  readonly id: string;
  readonly payable: string;
  readonly name: Text;
  readonly pumps: readonly { readonly number: number; readonly grades: readonly string[] }[];
};

export type SampleFuelPrice = {
  readonly grade: string;
  readonly validFrom: string;
  readonly pricePerLitre: number;
};

type Paid = { readonly at: string; readonly channel: string };
type Base = { readonly id: string; readonly person: string; readonly payable: string };
type SettledBase = Base & { readonly paid: Paid };

type SampleBill = Base & {
  readonly accountNumber: string;
  readonly issuedAt: string;
  readonly dueAt: string;
  readonly mostInstalments?: number;
  readonly lines: readonly { kind: Line["kind"]; description: Text; amount: number }[];
  readonly status?: "VOID";
  readonly paid?: Paid;
};
type SampleFine = Base & {
  readonly violation: Text;
  readonly plate: string | null;
  readonly occurredAt: string;
  readonly amount: number;
  readonly blackPoints: number;
  readonly discount?: { readonly percent: number; readonly until: string };
  readonly paid?: Paid;
};
type SampleFill = SettledBase & {
  readonly station: Text;
  readonly pump: number;
  readonly grade: string;
  readonly millilitres: number;
  readonly pricePerLitre: number;
};
type SampleFee = SettledBase & { readonly title: Text; readonly fee: number };

export type SampleItem = {
  readonly item: NewItem;
  readonly isVoid: boolean;
  readonly paid: { readonly at: Date; readonly channel: string } | undefined;
};

async function read<T>(name: string): Promise<readonly T[]> {
  const text = await readFile(fromRoot(`subgraphs/payments/seed/${name}.json`), "utf8");
  return JSON.parse(text) as readonly T[];
}

export const readBillers = (): Promise<readonly SampleBiller[]> => read("billers");
export const readPayables = (): Promise<readonly SamplePayable[]> => read("payables");
export const readStations = (): Promise<readonly SampleStation[]> => read("fuel-stations");
export const readFuelPrices = (): Promise<readonly SampleFuelPrice[]> => read("fuel-prices");
export const readWallets = (): Promise<readonly SampleWallet[]> => read("wallets");

const paidOf = (paid: Paid | undefined): SampleItem["paid"] =>
  paid && { at: new Date(paid.at), channel: paid.channel };

/** All sample items, in the order of the files. @param billerOf agency id of a payable. */
export async function readItems(
  billerOf: (payableId: string) => string,
): Promise<readonly SampleItem[]> {
  const common = ({ id, person, payable }: Base, issuedAt: string) => ({
    id,
    personId: person,
    payableId: payable,
    billerId: billerOf(payable),
    issuedAt: new Date(issuedAt),
    currency: "AED",
    sample: true,
  });
  const bills = (await read<SampleBill>("bills")).map((bill): SampleItem => {
    const item: NewBill = {
      ...common(bill, bill.issuedAt),
      kind: "BILL",
      accountNumber: bill.accountNumber,
      dueAt: new Date(bill.dueAt),
      mostInstalments: bill.mostInstalments ?? 1,
      lines: bill.lines.map((line) => ({ ...line, amount: BigInt(line.amount) })),
    };
    return { item, isVoid: bill.status === "VOID", paid: paidOf(bill.paid) };
  });
  const fines = (await read<SampleFine>("fines")).map((fine): SampleItem => {
    const { violation, plate, amount, blackPoints, discount } = fine;
    const item: NewFine = {
      ...common(fine, fine.occurredAt),
      kind: "FINE",
      violation,
      plate,
      amount: BigInt(amount),
      discount: discount ? { ...discount, until: new Date(discount.until) } : null,
      blackPoints,
    };
    return { item, isVoid: false, paid: paidOf(fine.paid) };
  });
  const fills = (await read<SampleFill>("fuel-fills")).map((fill): SampleItem => {
    const { station, pump, grade, millilitres, pricePerLitre, paid } = fill;
    const measured = { station, pump, grade, millilitres, pricePerLitre: BigInt(pricePerLitre) };
    const item: NewFuelFill = { ...common(fill, paid.at), kind: "FUEL_FILL", ...measured };
    return { item, isVoid: false, paid: paidOf(paid) };
  });
  const fees = (await read<SampleFee>("service-fees")).map((given): SampleItem => {
    const { title, fee, paid } = given;
    const base = common(given, paid.at);
    const item: NewServiceFee = { ...base, kind: "SERVICE_FEE", title, fee: BigInt(fee) };
    return { item, isVoid: false, paid: paidOf(paid) };
  });
  return [...bills, ...fines, ...fills, ...fees];
}
