/** Bills of an agency as their biller sees them: without the persons they belong to. */
import { Arg, Args, Ctx, Directive, FieldResolver, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, toConnection } from "../kit/pagination.ts";
import { requireBillingOf } from "./access.rules.ts";
import { Agency } from "./agency.ts";
import { type Bill, BillConnection, billStatuses, toBill } from "./bill.ts";
import type { PaymentsContext } from "./context.ts";
import { readTimePage } from "./paging.ts";
import type { ItemStatus } from "./tables.ts";

@Resolver(() => Agency)
export class AgencyResolver {
  @Directive('@requiresScopes(scopes: [["billing:read"]])')
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => BillConnection, {
    nullable: true,
    description:
      "The agency's bills, newest first, without the persons they belong to. For the agency itself and for operators, with the scope billing:read.",
  })
  async bills(
    @Root() agency: Agency,
    @Args(() => PageArguments) given: PageArguments,
    @Arg("status", () => billStatuses, {
      nullable: true,
      description: "Only bills that stand there; all when left out.",
    })
    wanted: ItemStatus | null | undefined,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<Connection<Bill>> {
    requireBillingOf(principal, agency.id);
    const page = readTimePage(given);
    const status = wanted ?? undefined;
    const rows = await loaders.billsOfBiller({ page, status }).load(agency.id);
    const count = async () => {
      const counter = loaders.itemCount({ by: "biller_id", kind: "BILL", status });
      return Number((await counter.load(agency.id))?.total ?? 0n);
    };
    const keysOf = (row: (typeof rows)[number]) => [row.issued_at.getTime(), row.id];
    return toConnection({ rows, page, keysOf, toNode: toBill, count });
  }
}
