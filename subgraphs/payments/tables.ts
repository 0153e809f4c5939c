/**
 * The payments schema as Kysely sees it. Amounts are minor units in int8 (bigint here), moments are
 * timestamptz to the millisecond, texts for people are two columns, one a language.
 */
import type { Generated } from "kysely";

export type PayableKind = "BILL" | "FINE" | "FUEL" | "FEE" | "TOP_UP";
export type ItemKind = "BILL" | "FINE" | "FUEL_FILL" | "SERVICE_FEE";
export type ItemStatus = "OPEN" | "PAID" | "VOID";
export type AccountKind =
  | "WALLET"
  | "BILLER"
  | "KNOWLEDGE_DIRHAM"
  | "INNOVATION_DIRHAM"
  | "TOP_UP_CLEARING";

/** Who is paid: an agency, and its series of receipts. */
export type BillerTable = {
  agency_id: string;
  receipt_prefix: string;
  last_receipt: Generated<bigint>;
};

export type PayableTable = {
  id: string;
  kind: PayableKind;
  biller_id: string;
  service_id: string;
  name_en: string;
  name_ar: string;
  account_label_en: string;
  account_label_ar: string;
  sample: boolean;
};

/** What one person owes or has paid; bill, fine, fuel_fill and service_fee add what is their own. */
export type ItemTable = {
  id: string;
  kind: ItemKind;
  person_id: string;
  payable_id: string;
  biller_id: string;
  status: ItemStatus;
  issued_at: Date;
  /** Sum of its lines, before any discount. */
  amount: bigint;
  currency: string;
  sample: boolean;
};

export type LineColumns = {
  position: number;
  kind: string;
  description_en: string;
  description_ar: string;
  amount: bigint;
};

export type BillTable = { item_id: string; account_number: string; due_at: Date };

export type FineTable = {
  item_id: string;
  violation_en: string;
  violation_ar: string;
  plate: string | null;
  occurred_at: Date;
  discount_percent: number | null;
  discount_until: Date | null;
  black_points: number;
};

export type FuelFillTable = {
  item_id: string;
  station_en: string;
  station_ar: string;
  pump: number;
  grade: string;
  millilitres: number;
  price_per_litre: bigint;
};

export type ServiceFeeTable = { item_id: string; title_en: string; title_ar: string };

export type LedgerAccountTable = {
  id: string;
  kind: AccountKind;
  owner_id: string | null;
  currency: string;
};

export type LedgerTransactionTable = {
  id: string;
  kind: "PAYMENT" | "TOP_UP";
  occurred_at: Date;
  /** The database transaction that wrote it; its entries must come from the same one. */
  recorded_in: Generated<string>;
};

export type LedgerEntryTable = {
  transaction_id: string;
  position: number;
  account_id: string;
  currency: string;
  amount: bigint;
};

export type WalletTable = {
  account_id: string;
  person_id: string;
  currency: string;
  balance: Generated<bigint>;
};

export type PaymentTable = {
  id: string;
  person_id: string;
  item_id: string;
  amount: bigint;
  currency: string;
  state: string;
  method: "WALLET";
  channel: string;
  paid_at: Date;
  transaction_id: string;
};

export type ReceiptTable = {
  payment_id: string;
  biller_id: string;
  number: bigint;
  issued_at: Date;
  total: bigint;
  currency: string;
};

export type IdempotencyTable = {
  principal_id: string;
  operation: string;
  key: string;
  request_hash: string;
  /** JSON of the outcome; null only inside of the transaction that is working on it. */
  outcome: string | null;
  created_at: Date;
};

export type Tables = {
  biller: BillerTable;
  payable: PayableTable;
  item: ItemTable;
  item_line: { item_id: string } & LineColumns;
  bill: BillTable;
  fine: FineTable;
  fuel_fill: FuelFillTable;
  service_fee: ServiceFeeTable;
  ledger_account: LedgerAccountTable;
  ledger_transaction: LedgerTransactionTable;
  ledger_entry: LedgerEntryTable;
  wallet: WalletTable;
  payment: PaymentTable;
  receipt: ReceiptTable;
  receipt_line: { payment_id: string } & LineColumns;
  idempotency: IdempotencyTable;
};
