/** All migrations in the order in which they run; released ones are never edited. */
import * as items from "./0001-items.ts";
import * as ledger from "./0002-ledger.ts";
import * as payments from "./0003-payments.ts";
import * as ledgerAccounts from "./0004-ledger-accounts.ts";
import * as paymentLife from "./0005-payment-life.ts";
import * as fuel from "./0006-fuel.ts";
import * as instalments from "./0007-instalments.ts";
import * as operations from "./0008-operations.ts";
import * as notify from "./0010-notify.ts";
import * as eventService from "./0011-event-service.ts";

export const migrations = {
  "0001-items": items,
  "0002-ledger": ledger,
  "0003-payments": payments,
  "0004-ledger-accounts": ledgerAccounts,
  "0005-payment-life": paymentLife,
  "0006-fuel": fuel,
  "0007-instalments": instalments,
  "0008-operations": operations,
  "0010-notify": notify,
  "0011-event-service": eventService,
};
