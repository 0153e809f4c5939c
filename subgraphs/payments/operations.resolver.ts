/** For operators: statistics, settlement files and what differs in them; and a biller's balance. */
import { GraphQLLocalDate } from "graphql-scalars";
import { GraphQLError } from "graphql";
import {
  Arg,
  Args,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import { type Connection, PageArguments, toConnection } from "../kit/pagination.ts";
import { Money } from "../kit/scalars.ts";
import {
  requireBillingOf,
  requireOperator,
  reconcileScope,
  paymentsScope,
} from "./access.rules.ts";
import { Agency } from "./agency.ts";
import type { PaymentsContext } from "./context.ts";
import { readTimePage } from "./paging.ts";
import {
  type SettlementDifference,
  SettlementDifferenceConnection,
  SettlementImported,
  toDifference,
} from "./settlement.graph.ts";
import { importSettlement } from "./settlement.ts";
import { SettlementFileError } from "./settlement-file.rules.ts";
import { countDifferences, listDifferences } from "./settlement.store.ts";
import { PaymentStatistics, toStatistics } from "./statistics.ts";
import { figures } from "./statistics.store.ts";
import { walletCurrency } from "./wallet.ts";

const longestDays = 400;
const dayMs = 24 * 60 * 60_000;

const unavailable = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "PROVIDER_UNAVAILABLE" } });

@Resolver(() => Agency)
export class OperationsResolver {
  @Directive('@requiresScopes(scopes: [["payments:read"]])')
  @Directive('@tag(name: "internal")')
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @Query(() => PaymentStatistics, {
    nullable: true,
    description:
      "Number and value of payments in AED by day, biller and channel. For operators with the scope payments:read.",
  })
  async paymentStatistics(
    @Arg("from", () => GraphQLLocalDate, { description: "The first day, in the city's time." })
    from: string,
    @Arg("to", () => GraphQLLocalDate, {
      description: `The last day; at most ${longestDays} days after the first.`,
    })
    to: string,
    @Arg("billerId", () => ID, { nullable: true, description: "Only payments to this agency." })
    billerId: string | null | undefined,
    @Ctx() { db, principal }: PaymentsContext,
  ): Promise<PaymentStatistics> {
    requireOperator(principal, paymentsScope);
    const days = (Date.parse(to) - Date.parse(from)) / dayMs;
    if (!(days >= 0 && days <= longestDays)) {
      throw badUserInput(`\`to\` must be 0 to ${longestDays} days after \`from\`.`);
    }
    const asked = { from, to, currency: walletCurrency, billerId: billerId ?? undefined };
    return toStatistics(await figures(db, asked), walletCurrency);
  }

  @Directive('@requiresScopes(scopes: [["payments:reconcile"]])')
  @Directive('@tag(name: "internal")')
  @Mutation(() => SettlementImported, {
    nullable: true,
    description:
      "Fetches the provider's settlement file of a day, matches it with our payments, and settles what matches. Doing it again changes nothing. For operators with the scope payments:reconcile.",
  })
  async importSettlement(
    @Arg("day", () => GraphQLLocalDate, { description: "The day, in UTC as the provider counts." })
    day: string,
    @Ctx() { db, principal, settleDeps, fetchSettlement }: PaymentsContext,
  ): Promise<SettlementImported> {
    const { id } = requireOperator(principal, reconcileScope);
    if (!fetchSettlement)
      throw unavailable("There is no provider of cards here: nothing to import.");
    const csv = await fetchSettlement(day).catch((error: unknown) => {
      throw unavailable(
        `The provider did not give the file: ${(error as Error).message}. Try later.`,
      );
    });
    try {
      const request = { day, csv, importedBy: `operator:${id}` };
      const imported = await importSettlement(db, request, settleDeps());
      return Object.assign(new SettlementImported(), {
        ...imported,
        differences: await countDifferences(db),
      });
    } catch (error) {
      if (error instanceof SettlementFileError) throw unavailable(error.message);
      throw error;
    }
  }

  @Directive('@requiresScopes(scopes: [["payments:reconcile"]])')
  @Directive('@tag(name: "internal")')
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @Query(() => SettlementDifferenceConnection, {
    nullable: true,
    description:
      "Where the provider's settlement files and our payments differ, newest first. For operators with the scope payments:reconcile.",
  })
  async settlementDifferences(
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { db, principal }: PaymentsContext,
  ): Promise<Connection<SettlementDifference>> {
    requireOperator(principal, reconcileScope);
    const page = readTimePage(given);
    const rows = await listDifferences(db, page);
    const keysOf = (row: (typeof rows)[number]) => [row.at.getTime(), row.id];
    const count = () => countDifferences(db);
    return toConnection({ rows, page, keysOf, toNode: toDifference, count });
  }

  @Directive('@requiresScopes(scopes: [["billing:read"]])')
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => Money, {
    nullable: true,
    description:
      "What the city has collected for the agency, less refunds. For the agency itself and for operators, with the scope billing:read; null for an agency that bills nothing here.",
  })
  async collected(
    @Root() { id }: Agency,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<Money | null> {
    requireBillingOf(principal, id);
    const row = await loaders.billerBalance.load(id);
    return row && Money.of(row.balance, walletCurrency);
  }
}
