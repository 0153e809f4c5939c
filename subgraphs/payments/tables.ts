/**
 * The payments schema as Kysely sees it. Amounts are minor units in int8 (bigint here), moments are
 * timestamptz to the millisecond, texts for people are two columns, one a language.
 */
import type { Generated } from "kysely";
import type {
  PaymentEvent,
  PaymentState,
  PostingEvent,
  PostingState,
} from "./payment-state.rules.ts";

export type PayableKind = "BILL" | "FINE" | "FUEL" | "FEE" | "TOP_UP";
export type ItemKind = "BILL" | "FINE" | "FUEL_FILL" | "SERVICE_FEE";
export type ItemStatus = "OPEN" | "PAID" | "VOID" | "IN_INSTALMENTS";
export type AccountKind =
  | "WALLET"
  | "BILLER"
  | "KNOWLEDGE_DIRHAM"
  | "INNOVATION_DIRHAM"
  | "TOP_UP_CLEARING"
  /** Captured, and not yet posted to its biller. */
  | "CLEARING"
  /** What the provider of cards holds for the city: below zero until it is settled. */
  | "PROVIDER"
  | "FEES"
  /** Promised back to payers, and not yet on its way. */
  | "REFUNDS"
  /** Needs a person to look at it. */
  | "SUSPENSE"
  | "BANK"
  /** Of wallets, for what is not captured yet. */
  | "HOLDS";
export type PaymentMethodName = "WALLET" | "CARD";
export type RefundState = "PENDING" | "SUCCEEDED" | "FAILED";
export type RefundCause = "OPERATOR" | "POSTING_REJECTED";
export type CallKind = "CREATE" | "CAPTURE" | "CANCEL" | "REFUND" | "POST";
export type Closing = "CANCELLED" | "EXPIRED" | "AMOUNT_CHANGED";
export type TransactionKind =
  | "PAYMENT"
  | "TOP_UP"
  | "CAPTURE"
  | "POSTING"
  | "REFUND"
  | "REFUND_PAID"
  | "REFUND_FAILED"
  | "SETTLEMENT"
  | "HOLD"
  | "HOLD_RELEASED";

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
  /** Whether fines of it can have a discount. */
  discountable: Generated<boolean>;
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

export type BillTable = {
  item_id: string;
  account_number: string;
  due_at: Date;
  /** 1 when it is paid in full only. */
  most_instalments: Generated<number>;
};

/** A bill that is a part of another one. */
export type InstalmentTable = {
  item_id: string;
  parent_id: string;
  number: number;
  count: number;
};

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

export type FuelStationTable = {
  id: string;
  payable_id: string;
  biller_id: string;
  name_en: string;
  name_ar: string;
  sample: boolean;
};

export type FuelPumpTable = { station_id: string; number: number; grades: string[] };

/** Of a grade at every station, from a moment on. */
export type FuelPriceTable = {
  grade: string;
  valid_from: Date;
  price_per_litre: bigint;
  currency: string;
};

/** A payment for fuel: which pump it opens, and what that reported. */
export type FuelSessionTable = {
  payment_id: string;
  station_id: string;
  pump: number;
  grade: string;
  price_per_litre: bigint;
  reported_millilitres: Generated<number | null>;
  reported_at: Generated<Date | null>;
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
  kind: TransactionKind;
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
  /** The order in which entries were written. */
  seq: Generated<bigint>;
};

export type LedgerCheckpointTable = {
  account_id: string;
  through_seq: bigint;
  balance: bigint;
  taken_at: Generated<Date>;
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
  /** Null for fuel that is not filled yet. */
  item_id: string | null;
  /** What was agreed to: the most that may be taken. */
  amount: bigint;
  currency: string;
  state: Generated<PaymentState>;
  version: Generated<number>;
  authorised_amount: Generated<bigint>;
  captured_amount: Generated<bigint>;
  refunded_amount: Generated<bigint>;
  method: PaymentMethodName;
  channel: string;
  /** At once when authorised, or when the pump has reported. */
  capture: Generated<"AT_ONCE" | "ON_REPORT">;
  created_at: Date;
  /** Whatever is not captured by then is given up. */
  expires_at: Date | null;
  paid_at: Generated<Date | null>;
  /** The transaction of the capture. */
  transaction_id: Generated<string | null>;
  card_token: string | null;
  card_brand: string | null;
  card_last4: string | null;
  page_url: string | null;
  failure: string | null;
  /** Why it is being cancelled. */
  closing: Closing | null;
  /** Of the newest view that the provider gave; older ones are ignored. */
  provider_version: Generated<bigint>;
};

export type PaymentTransitionTable = {
  payment_id: string;
  seq: number;
  from_state: PaymentState;
  event: PaymentEvent;
  to_state: PaymentState;
  amount: bigint | null;
  actor: string;
  at: Date;
  transaction_id: string | null;
};

export type PostingTable = {
  payment_id: string;
  biller_id: string;
  state: Generated<PostingState>;
  version: Generated<number>;
  transaction_id: Generated<string | null>;
  biller_reference: Generated<string | null>;
  rejection: Generated<string | null>;
  created_at: Date;
};

export type PostingTransitionTable = {
  payment_id: string;
  seq: number;
  from_state: PostingState;
  event: PostingEvent;
  to_state: PostingState;
  at: Date;
  transaction_id: string | null;
  detail: string | null;
};

export type RefundTable = {
  id: string;
  payment_id: string;
  amount: bigint;
  currency: string;
  state: RefundState;
  cause: RefundCause;
  reason: string;
  requested_by: string;
  created_at: Date;
  completed_at: Date | null;
  transaction_id: string;
};

export type OutboundCallTable = {
  /** The idempotency key at the other side. */
  id: string;
  kind: CallKind;
  payment_id: string;
  refund_id: string | null;
  amount: bigint | null;
  state: Generated<"DUE" | "DONE">;
  attempts: Generated<number>;
  due_at: Date;
  last_error: string | null;
  created_at: Date;
};

export type PaymentEventTable = {
  position: Generated<bigint>;
  payment_id: string;
  seq: number;
  body: unknown;
  at: Date;
  sent_at: Date | null;
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

/** Sums of one day, kept by the database itself. */
export type PaymentDayTable = {
  /** In the city's time. */
  day: Date;
  biller_id: string;
  channel: string;
  method: PaymentMethodName;
  currency: string;
  payments: bigint;
  captured: bigint;
  refunds: bigint;
  refunded: bigint;
};

export type SettlementFileTable = {
  sha256: string;
  day: string;
  lines: number;
  imported_at: Date;
  imported_by: string;
};

export type SettlementVerdict = "MATCHED" | "MISSING_HERE" | "AMOUNT_DIFFERS" | "DUPLICATE";

export type SettlementLineTable = {
  id: Generated<bigint>;
  file_sha256: string;
  day: string;
  reference: string;
  kind: "capture" | "refund";
  /** Empty for captures. */
  refund_reference: string;
  /** Minor units; below zero for refunds. */
  amount: bigint;
  fee: bigint;
  currency: string;
  at: Date;
  /** Which of several equal lines of its file. */
  copy: number;
  verdict: Generated<SettlementVerdict>;
  amount_here: Generated<bigint | null>;
  transaction_id: Generated<string | null>;
};

export type Tables = {
  biller: BillerTable;
  payable: PayableTable;
  item: ItemTable;
  item_line: { item_id: string } & LineColumns;
  bill: BillTable;
  instalment: InstalmentTable;
  fine: FineTable;
  fuel_fill: FuelFillTable;
  fuel_station: FuelStationTable;
  fuel_pump: FuelPumpTable;
  fuel_price: FuelPriceTable;
  fuel_session: FuelSessionTable;
  service_fee: ServiceFeeTable;
  ledger_account: LedgerAccountTable;
  ledger_transaction: LedgerTransactionTable;
  ledger_entry: LedgerEntryTable;
  ledger_checkpoint: LedgerCheckpointTable;
  wallet: WalletTable;
  payment: PaymentTable;
  payment_transition: PaymentTransitionTable;
  posting: PostingTable;
  posting_transition: PostingTransitionTable;
  refund: RefundTable;
  outbound_call: OutboundCallTable;
  webhook: { id: string; received_at: Date };
  payment_event: PaymentEventTable;
  payment_day: PaymentDayTable;
  settlement_file: SettlementFileTable;
  settlement_line: SettlementLineTable;
  receipt: ReceiptTable;
  receipt_line: { payment_id: string } & LineColumns;
  idempotency: IdempotencyTable;
};
