/** What resolvers of payments can reach: the base, and loaders that live as long as one request. */
import type { BaseContext } from "../kit/define-subgraph.ts";
import { createListLoader, createOneLoader, perArguments } from "../kit/loaders.ts";
import type { BillerSystems } from "./biller-system.ts";
import {
  billsByIds,
  billsOfBillers,
  countItems,
  instalmentsOfBills,
  openBillsOfPersons,
} from "./bill.store.ts";
import { newId, type PaymentsCompanion } from "./companion.ts";
import { finesByIds, finesOfPersons } from "./fine.store.ts";
import { fuelFillsByIds } from "./fuel-fill.store.ts";
import { pricesAt, pumpsOfStations, sessionsByIds, stationsByIds } from "./fuel.store.ts";
import { linesOfItems } from "./item.store.ts";
import { balancesOfBillers, walletsOfPersons } from "./ledger.store.ts";
import type { TimePage } from "./paging.ts";
import { payablesByIds, payablesOfServices } from "./payable.store.ts";
import { countPaymentsOfPersons, paymentsByIds, paymentsOfPersons } from "./payment.store.ts";
import { refundsOfPayments } from "./refund.store.ts";
import { linesOfReceipts, receiptsOfPayments } from "./receipt.store.ts";
import { serviceFeesByIds, serviceFeesOfPersons } from "./service-fee.store.ts";
import type { SettleDeps } from "./settle.ts";
import type { ItemStatus, Tables } from "./tables.ts";
import { walletCurrency } from "./wallet.ts";

const idOf = (row: { readonly id: string }): string => row.id;
const ownerOf = (row: { readonly owner_id: string }): string => row.owner_id;

type Filter = { readonly status: ItemStatus | undefined };
type Counted = Filter & {
  readonly by: "person_id" | "biller_id";
  readonly kind: "BILL" | "FINE" | "SERVICE_FEE";
};

function createLoaders({ db, clock }: BaseContext<Tables>) {
  let prices: ReturnType<typeof pricesAt> | undefined;
  return {
    fuelStation: createOneLoader((ids) => stationsByIds(db, ids), idOf),
    fuelPumps: createListLoader(
      (ids) => pumpsOfStations(db, ids),
      (row) => row.station_id,
    ),
    fuelSession: createOneLoader(
      (ids) => sessionsByIds(db, ids),
      (row) => row.payment_id,
    ),
    /** Of all grades now, asked once. */
    fuelPrices: () => (prices ??= pricesAt(db, new Date(clock()))),
    bill: createOneLoader((ids) => billsByIds(db, ids), idOf),
    instalmentsOfBill: createListLoader(
      (ids) => instalmentsOfBills(db, ids),
      (row) => row.parent_id ?? "",
    ),
    fine: createOneLoader((ids) => finesByIds(db, ids), idOf),
    fuelFill: createOneLoader((ids) => fuelFillsByIds(db, ids), idOf),
    serviceFee: createOneLoader((ids) => serviceFeesByIds(db, ids), idOf),
    itemLines: createListLoader(
      (ids) => linesOfItems(db, ids),
      (row) => row.item_id,
    ),
    payable: createOneLoader((ids) => payablesByIds(db, ids), idOf),
    payablesOfService: createListLoader(
      (ids) => payablesOfServices(db, ids),
      (row) => row.service_id,
    ),
    refunds: createListLoader(
      (ids) => refundsOfPayments(db, ids),
      (row) => row.payment_id,
    ),
    payment: createOneLoader((ids) => paymentsByIds(db, ids), idOf),
    receipt: createOneLoader(
      (ids) => receiptsOfPayments(db, ids),
      (row) => row.payment_id,
    ),
    receiptLines: createListLoader(
      (ids) => linesOfReceipts(db, ids),
      (row) => row.payment_id,
    ),
    billerBalance: createOneLoader(
      (ids) => balancesOfBillers(db, ids, walletCurrency),
      (row) => row.owner_id,
    ),
    wallet: createOneLoader(
      (ids) => walletsOfPersons(db, ids, walletCurrency),
      (row) => row.person_id,
    ),
    openBillsOfPerson: perArguments((page: TimePage) =>
      createListLoader((ids) => openBillsOfPersons(db, ids, page), ownerOf),
    ),
    billsOfBiller: perArguments((given: Filter & { readonly page: TimePage }) =>
      createListLoader((ids) => billsOfBillers(db, ids, given), ownerOf),
    ),
    finesOfPerson: perArguments((given: Filter & { readonly page: TimePage }) =>
      createListLoader((ids) => finesOfPersons(db, ids, given), ownerOf),
    ),
    serviceFeesOfPerson: perArguments((given: Filter & { readonly page: TimePage }) =>
      createListLoader((ids) => serviceFeesOfPersons(db, ids, given), ownerOf),
    ),
    paymentsOfPerson: perArguments((page: TimePage) =>
      createListLoader((ids) => paymentsOfPersons(db, ids, page), ownerOf),
    ),
    itemCount: perArguments(({ by, kind, status }: Counted) =>
      createOneLoader((ids) => countItems(db, by, ids, { kind, status }), ownerOf),
    ),
    paymentCount: createOneLoader((ids) => countPaymentsOfPersons(db, ids), ownerOf),
  };
}

export type PaymentsContext = BaseContext<Tables> & {
  readonly loaders: ReturnType<typeof createLoaders>;
  readonly billers: BillerSystems;
  /** Whether there is a provider of cards. */
  readonly hasCards: boolean;
  /** The provider's settlement file of a day; undefined without a provider. */
  readonly fetchSettlement: PaymentsCompanion["fetchSettlement"];
  /** For what moves money, at this moment. */
  readonly settleDeps: () => SettleDeps;
};

/** Without anything beside it: wallets only. */
const alone = { billers: new Map(), hasCards: false, fetchSettlement: undefined } as const;

export function createContext(
  base: BaseContext<Tables>,
  companion?: PaymentsCompanion,
): PaymentsContext {
  const { billers, hasCards, fetchSettlement } = companion ?? alone;
  const hasSystem = (billerId: string): boolean => billers.has(billerId);
  const settleDeps = () => ({ now: new Date(base.clock()), newId, hasSystem });
  return { ...base, loaders: createLoaders(base), billers, hasCards, fetchSettlement, settleDeps };
}
