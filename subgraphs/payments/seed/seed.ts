/**
 * Fills an empty database with sample data. Past payments go the way of real ones (settleItem), in
 * the order in which they were made, with ids made from those of their items.
 */
import type { Kysely, Transaction } from "kysely";
import { discountOf } from "../fine.rules.ts";
import { addItem, linesOf, type NewItem, voidItem } from "../intake.store.ts";
import { openBillerAccount, openWallet, topUpWallet } from "../ledger.store.ts";
import { settleItem } from "../pay.ts";
import { totalOf } from "../charge-line.rules.ts";
import type { Tables } from "../tables.ts";
import {
  readBillers,
  readFuelPrices,
  readItems,
  readPayables,
  readStations,
  readWallets,
  type SamplePayable,
} from "./sample.ts";

const currency = "AED";

async function addBillers(tx: Transaction<Tables>): Promise<void> {
  for (const { agency, receiptPrefix } of await readBillers()) {
    await tx
      .insertInto("biller")
      .values({ agency_id: agency, receipt_prefix: receiptPrefix })
      .execute();
    await openBillerAccount(tx, agency, currency);
  }
}

async function addPayables(
  tx: Transaction<Tables>,
  payables: readonly SamplePayable[],
): Promise<void> {
  const rows = payables.map(({ id, kind, biller, service, name, accountLabel, discountable }) => ({
    id,
    kind,
    biller_id: biller,
    service_id: service,
    name_en: name.en,
    name_ar: name.ar,
    account_label_en: accountLabel.en,
    account_label_ar: accountLabel.ar,
    sample: true,
    discountable: discountable ?? false,
  }));
  await tx.insertInto("payable").values(rows).execute();
}

async function addFuel(
  tx: Transaction<Tables>,
  billers: ReadonlyMap<string, string>,
): Promise<void> {
  const stations = await readStations();
  const rows = stations.map(({ id, payable, name }) => ({
    id,
    payable_id: payable,
    biller_id: billers.get(payable) ?? "",
    name_en: name.en,
    name_ar: name.ar,
    sample: true,
  }));
  await tx.insertInto("fuel_station").values(rows).execute();
  const pumps = stations.flatMap(({ id, pumps: ofStation }) =>
    ofStation.map(({ number, grades }) => ({ station_id: id, number, grades: [...grades] })),
  );
  await tx.insertInto("fuel_pump").values(pumps).execute();
  const prices = (await readFuelPrices()).map(({ grade, validFrom, pricePerLitre }) => ({
    grade,
    valid_from: new Date(validFrom),
    price_per_litre: BigInt(pricePerLitre),
    currency,
  }));
  await tx.insertInto("fuel_price").values(prices).execute();
}

async function addWallets(tx: Transaction<Tables>): Promise<void> {
  for (const { person, topUps } of await readWallets()) {
    await openWallet(tx, person, currency);
    for (const { id, amount, at } of topUps) {
      const money = { amount: BigInt(amount), currency, at: new Date(at) };
      await topUpWallet(tx, { id, personId: person, ...money });
    }
  }
}

function dueAt(item: NewItem, now: Date): bigint {
  const total = totalOf(linesOf(item));
  return item.kind === "FINE" ? total - discountOf(total, item.discount, now) : total;
}

async function paySample(
  tx: Transaction<Tables>,
  item: NewItem,
  { at, channel }: { readonly at: Date; readonly channel: string },
): Promise<void> {
  const { id: itemId, kind, personId } = item;
  const expectedAmount = dueAt(item, at);
  const newId = (prefix: string) => `${prefix}_${itemId}`;
  const means = { method: "WALLET" } as const;
  const request = { personId, kind, itemId, expectedAmount, channel, means };
  const outcome = await settleItem(tx, request, { now: at, newId, hasSystem: () => false });
  if (outcome.kind !== "PAYMENT_MADE") {
    throw new Error(`The sample payment of ${itemId} was refused: ${outcome.kind}.`);
  }
}

export async function seed(db: Kysely<Tables>): Promise<void> {
  const tx = db as Transaction<Tables>;
  const payables = await readPayables();
  const billers = new Map(payables.map(({ id, biller }) => [id, biller]));
  await addBillers(tx);
  await addPayables(tx, payables);
  await addFuel(tx, billers);
  await addWallets(tx);
  const items = await readItems((payableId) => billers.get(payableId) ?? "");
  for (const { item, isVoid } of items) {
    await addItem(tx, item);
    if (isVoid) await voidItem(tx, item.id);
  }
  const past = items.flatMap(({ item, paid }) => (paid ? [{ item, paid }] : []));
  past.sort((a, b) => a.paid.at.getTime() - b.paid.at.getTime());
  for (const { item, paid } of past) await paySample(tx, item, paid);
}
