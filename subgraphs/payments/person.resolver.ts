/** What a signed-in person owes, has paid, and has in the wallet. Shown to that person alone. */
import type { GraphQLResolveInfo } from "graphql";
import {
  Arg,
  Args,
  Ctx,
  Directive,
  FieldResolver,
  Query,
  Resolver,
  Root,
  Info,
} from "type-graphql";
import { noPerson } from "../kit/nobody.ts";
import { type Connection, PageArguments, toConnection } from "../kit/pagination.ts";
import { requireSelf } from "./access.rules.ts";
import { type Bill, BillConnection, toBill } from "./bill.ts";
import type { PaymentsContext } from "./context.ts";
import { type Fine, FineConnection, fineStatuses, toFine } from "./fine.ts";
import { readTimePage } from "./paging.ts";
import { type Payment, PaymentConnection, toPayment } from "./payment.ts";
import { Person, personOf } from "./person.ts";
import { feeStatuses, type ServiceFee, ServiceFeeConnection, toServiceFee } from "./service-fee.ts";
import type { ItemStatus } from "./tables.ts";
import { Wallet, walletOf } from "./wallet.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");

@Resolver(() => Person)
export class PersonResolver {
  @Directive("@shareable")
  @privately()
  @Query(() => Person, {
    nullable: true,
    description: "Who is signed in; null when nobody is, or when it is no person.",
  })
  me(@Ctx() { principal }: PaymentsContext, @Info() info: GraphQLResolveInfo): Person | null {
    return principal?.kind === "person" ? personOf(principal.id) : noPerson(info);
  }

  @privately()
  @FieldResolver(() => BillConnection, {
    nullable: true,
    description: "Bills that wait to be paid, soonest due first.",
  })
  async unpaidBills(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<Connection<Bill>> {
    requireSelf(principal, id);
    const page = readTimePage(given);
    const rows = await loaders.openBillsOfPerson(page).load(id);
    const count = async () => {
      const counter = loaders.itemCount({ by: "person_id", kind: "BILL", status: "OPEN" });
      return Number((await counter.load(id))?.total ?? 0n);
    };
    const keysOf = (row: (typeof rows)[number]) => [row.due_at.getTime(), row.id];
    return toConnection({ rows, page, keysOf, toNode: toBill, count });
  }

  @privately()
  @FieldResolver(() => FineConnection, {
    nullable: true,
    description: "Fines, the newest violation first.",
  })
  async fines(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Arg("status", () => fineStatuses, {
      nullable: true,
      description: "Only fines that stand there; all when left out.",
    })
    wanted: ItemStatus | null | undefined,
    @Ctx() { loaders, principal, clock }: PaymentsContext,
  ): Promise<Connection<Fine>> {
    requireSelf(principal, id);
    const page = readTimePage(given);
    const status = wanted ?? undefined;
    const rows = await loaders.finesOfPerson({ page, status }).load(id);
    const count = async () => {
      const counter = loaders.itemCount({ by: "person_id", kind: "FINE", status });
      return Number((await counter.load(id))?.total ?? 0n);
    };
    const now = new Date(clock());
    const keysOf = (row: (typeof rows)[number]) => [row.occurred_at.getTime(), row.id];
    return toConnection({ rows, page, keysOf, toNode: (row) => toFine(row, now), count });
  }

  @privately()
  @FieldResolver(() => ServiceFeeConnection, {
    nullable: true,
    description: "Fees of government services, the newest first.",
  })
  async serviceFees(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Arg("status", () => feeStatuses, {
      nullable: true,
      description: "Only fees that stand there; all when left out.",
    })
    wanted: ItemStatus | null | undefined,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<Connection<ServiceFee>> {
    requireSelf(principal, id);
    const page = readTimePage(given);
    const status = wanted ?? undefined;
    const rows = await loaders.serviceFeesOfPerson({ page, status }).load(id);
    const count = async () => {
      const counter = loaders.itemCount({ by: "person_id", kind: "SERVICE_FEE", status });
      return Number((await counter.load(id))?.total ?? 0n);
    };
    const keysOf = (row: (typeof rows)[number]) => [row.issued_at.getTime(), row.id];
    return toConnection({ rows, page, keysOf, toNode: toServiceFee, count });
  }

  @privately()
  @FieldResolver(() => PaymentConnection, {
    nullable: true,
    description: "Payments, newest first.",
  })
  async payments(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<Connection<Payment>> {
    requireSelf(principal, id);
    const page = readTimePage(given);
    const rows = await loaders.paymentsOfPerson(page).load(id);
    const count = async () => Number((await loaders.paymentCount.load(id))?.total ?? 0n);
    const keysOf = (row: (typeof rows)[number]) => [row.created_at.getTime(), row.id];
    return toConnection({ rows, page, keysOf, toNode: toPayment, count });
  }

  @privately()
  @FieldResolver(() => Wallet, {
    nullable: true,
    description: "The prepaid balance; null only while payments cannot be reached.",
  })
  async wallet(
    @Root() { id }: Person,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<Wallet> {
    requireSelf(principal, id);
    return walletOf((await loaders.wallet.load(id))?.balance ?? 0n);
  }
}
