/** Payments: bills, fines, fees and fuel of the city's billers, the wallet they are paid from, and the books. */
import { defineSubgraph } from "../kit/define-subgraph.ts";
import { AgencyResolver } from "./agency.resolver.ts";
import { agencyOf } from "./agency.ts";
import { type PaymentsCompanion, startCompanion } from "./companion.ts";
import { FeeResolver } from "./charge-fee.resolver.ts";
import { BatchResolver } from "./batch.resolver.ts";
import { RefundResolver } from "./refund.resolver.ts";
import { createContext, type PaymentsContext } from "./context.ts";
import { FuelSessionResolver, FuelStationResolver } from "./fuel.resolver.ts";
import { toStation } from "./fuel-station.ts";
import {
  BillItemResolver,
  FineItemResolver,
  FuelFillItemResolver,
  ServiceFeeItemResolver,
} from "./item.resolver.ts";
import { InstalmentResolver } from "./instalment.resolver.ts";
import { migrations } from "./migrations/index.ts";
import { OperationsResolver } from "./operations.resolver.ts";
import { ownBill, ownFine, ownPayment, ownServiceFee } from "./own.ts";
import { PayResolver } from "./pay.resolver.ts";
import { toPayable } from "./payable.ts";
import { PaymentFollowedResolver } from "./payment-followed.ts";
import { OwnRecordsResolver, PaymentResolver, ReceiptResolver } from "./payment.resolver.ts";
import { PersonResolver } from "./person.resolver.ts";
import { personOf } from "./person.ts";
import { seed } from "./seed/seed.ts";
import { ServiceRequest, serviceRequestOf, ServiceRequestResolver } from "./service-request.ts";
import { ServiceResolver } from "./service.resolver.ts";
import { serviceOf } from "./service.ts";
import type { Tables } from "./tables.ts";

export const subgraph = defineSubgraph<Tables, PaymentsContext, PaymentsCompanion>({
  name: "payments",
  resolvers: [
    PersonResolver,
    AgencyResolver,
    ServiceResolver,
    ServiceRequestResolver,
    OwnRecordsResolver,
    PaymentResolver,
    PaymentFollowedResolver,
    ReceiptResolver,
    BillItemResolver,
    FineItemResolver,
    FuelFillItemResolver,
    ServiceFeeItemResolver,
    PayResolver,
    BatchResolver,
    RefundResolver,
    FeeResolver,
    InstalmentResolver,
    OperationsResolver,
    FuelStationResolver,
    FuelSessionResolver,
  ],
  orphanedTypes: [ServiceRequest],
  references: {
    Agency: ({ id }) => agencyOf(String(id)),
    Service: ({ id }) => serviceOf(String(id)),
    ServiceRequest: ({ id, feeId }) => serviceRequestOf(String(id), feeId),
    Person: ({ id }) => personOf(String(id)),
    Bill: ({ id }, context) => ownBill(String(id), context),
    Fine: ({ id }, context) => ownFine(String(id), context),
    ServiceFee: ({ id }, context) => ownServiceFee(String(id), context),
    Payment: ({ id }, context) => ownPayment(String(id), context),
    async FuelStation({ id }, { loaders }) {
      const row = await loaders.fuelStation.load(String(id));
      return row && toStation(row);
    },
    async Payable({ id }, { loaders }) {
      const row = await loaders.payable.load(String(id));
      return row && toPayable(row);
    },
  },
  extensions: [],
  migrations,
  seed,
  createContext,
  startCompanion,
});
