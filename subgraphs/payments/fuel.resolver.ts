/** Fuel: stations, opening a pump (people), what is open and what was filled (the station's company). */
import {
  Arg,
  Args,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { badUserInput, requirePerson, requirePrincipal } from "../kit/errors.ts";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import { MinorUnits, Money } from "../kit/scalars.ts";
import { isRecordId, isSelf, requireFuelReporting } from "./access.rules.ts";
import type { PaymentsContext } from "./context.ts";
import { fuelGrades, FuelFill, toFuelFill } from "./fuel-fill.ts";
import { type FuelOutcome, fuelLimits, openPumpOnce } from "./fuel.ts";
import { reportFill } from "./fuel-report.ts";
import {
  FuelReported,
  FuelReportRefused,
  FuelSession,
  FuelStarted,
  ReportFuelResult,
  StartFuelResult,
  toSession,
} from "./fuel-session.ts";
import {
  FuelPrice,
  FuelPump,
  FuelStation,
  FuelStationConnection,
  toPrice,
  toPump,
  toStation,
} from "./fuel-station.ts";
import { countStations, listStations, sessionAtPump } from "./fuel.store.ts";
import { checkIdempotencyKey } from "./idempotency.rules.ts";
import * as messages from "./pay-messages.ts";
import { InsufficientBalance, PumpUnavailable } from "./pay-result.ts";
import { meansOf } from "./pay.resolver.ts";
import {
  Payment,
  type PaymentChannel,
  paymentChannels,
  type PaymentMethod,
  paymentMethods,
  toPayment,
} from "./payment.ts";

const inAed = (amount: bigint): string => Money.of(amount, "AED").formatted().en;

@InputType({ description: "Which pump to open, for how much at most." })
class StartFuelInput {
  @Field(() => ID, { description: "Id of the station." })
  stationId!: string;

  @Field(() => Int, { description: "The pump's number." })
  pump!: number;

  @Field(() => fuelGrades, { description: "The grade to fill." })
  grade!: keyof typeof fuelGrades;

  @Field(() => MinorUnits, {
    description: `The most that may be taken, ${inAed(fuelLimits.least)} to ${inAed(fuelLimits.most)}. It is held until the pump has reported; only what was filled is taken.`,
  })
  limit!: bigint;

  @Field(() => String, {
    description:
      "A key of your choice for this one attempt, as for payments. Repeat the request with the same key and input as often as you like: the pump is opened once.",
  })
  idempotencyKey!: string;

  @Field(() => paymentChannels, {
    defaultValue: paymentChannels.APP,
    description: "Where the person pays.",
  })
  channel!: PaymentChannel;

  @Field(() => paymentMethods, {
    defaultValue: paymentMethods.WALLET,
    description: "What to pay with.",
  })
  method!: PaymentMethod;

  @Field(() => String, {
    nullable: true,
    description: "For a card that the provider keeps: its token, `tok_…`. Never a card number.",
  })
  cardToken?: string | null;
}

@InputType({ description: "What a pump measured." })
class ReportFuelInput {
  @Field(() => ID, { description: "Id of the session, from `fuelSessionAt`." })
  sessionId!: string;

  @Field(() => Int, {
    description: "Millilitres that were filled; 0 when the hose was put back unused.",
  })
  millilitres!: number;
}

async function tell(outcome: FuelOutcome, { loaders }: PaymentsContext) {
  switch (outcome.kind) {
    case "FUEL_STARTED": {
      const row = await loaders.fuelSession.load(outcome.paymentId);
      if (!row) throw new Error(`The session ${outcome.paymentId} has gone.`);
      return Object.assign(new FuelStarted(), { session: toSession(row) });
    }
    case "PUMP_UNAVAILABLE":
      return PumpUnavailable.of(messages.pumpUnavailable[outcome.problem]);
    case "INSUFFICIENT_BALANCE": {
      const { balance, missing, currency } = outcome;
      const message = messages.insufficientBalance(missing, currency);
      return InsufficientBalance.of(
        Money.of(balance, currency),
        Money.of(missing, currency),
        message,
      );
    }
    default:
      throw new TypeError(`No such outcome: ${String(outcome satisfies never)}`);
  }
}

@Resolver(() => FuelStation)
export class FuelStationResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => FuelStationConnection, {
    nullable: true,
    description: "Fuel stations where one can pay at the pump, in the order of their ids.",
  })
  async fuelStations(
    @Args(() => PageArguments) given: PageArguments,
    @Arg("billerId", () => ID, {
      nullable: true,
      description: "Only stations of this company, for example enoc.",
    })
    wanted: string | null | undefined,
    @Ctx() { db }: PaymentsContext,
  ): Promise<Connection<FuelStation>> {
    const page = readPage(given, ["string"]);
    const billerId = wanted ?? undefined;
    const after = page.after?.[0] as string | undefined;
    const rows = await listStations(db, { billerId, after, limit: page.limit });
    const count = () => countStations(db, billerId);
    return toConnection({ rows, page, keysOf: ({ id }) => [id], toNode: toStation, count });
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => FuelStation, {
    nullable: true,
    description: "A fuel station by its id; null when there is none.",
  })
  async fuelStation(
    @Arg("id", () => ID, { description: "Id of the station." }) id: string,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<FuelStation | null> {
    const row = await loaders.fuelStation.load(id);
    return row && toStation(row);
  }

  @FieldResolver(() => [FuelPump], { description: "Its pumps, by number." })
  async pumps(
    @Root() { id }: FuelStation,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<readonly FuelPump[]> {
    return (await loaders.fuelPumps.load(id)).map(toPump);
  }

  @Directive("@cacheControl(maxAge: 30)")
  @FieldResolver(() => [FuelPrice], { description: "What its grades cost now, by grade." })
  async prices(
    @Root() { id }: FuelStation,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<readonly FuelPrice[]> {
    const given = new Set((await loaders.fuelPumps.load(id)).flatMap(({ grades }) => grades));
    return (await loaders.fuelPrices()).filter(({ grade }) => given.has(grade)).map(toPrice);
  }
}

@Resolver(() => FuelSession)
export class FuelSessionResolver {
  @Directive("@authenticated")
  @Mutation(() => StartFuelResult, {
    nullable: true,
    description:
      "Opens a pump for you: holds the limit of your wallet or card, exactly once per idempotency key. When the pump has reported, what was filled is taken and the rest is free again; if it never does, all of it is after 20 minutes. Give it up before by cancelPayment.",
  })
  async startFuel(
    @Arg("input", () => StartFuelInput, { description: "Which pump, and how much at most." })
    input: StartFuelInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof StartFuelResult> {
    const { id: personId } = requirePerson(context.principal);
    checkIdempotencyKey(input.idempotencyKey);
    const means = meansOf(input, context);
    const { stationId, pump, grade, limit, idempotencyKey, channel } = input;
    if (limit < fuelLimits.least || limit > fuelLimits.most) {
      const { least, most } = fuelLimits;
      throw badUserInput(
        `\`limit\` must be from ${least} (${inAed(least)}) to ${most} (${inAed(most)}).`,
      );
    }
    if (pump < 1 || pump > 999) throw badUserInput("`pump` must be from 1 to 999.");
    const asked = { personId, stationId, pump, grade, limit, idempotencyKey, channel, means };
    return tell(await openPumpOnce(context.db, asked, context.settleDeps()), context);
  }

  @Directive("@authenticated")
  @Query(() => FuelSession, {
    nullable: true,
    description: "One of your own sessions; null when there is none with this id.",
  })
  async fuelSession(
    @Arg("id", () => ID, { description: "Id of the session: `pay_…`." }) id: string,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<FuelSession | null> {
    requirePrincipal(principal);
    if (!isRecordId(id)) return null;
    const row = await loaders.fuelSession.load(id);
    return row && isSelf(principal, row.person_id) ? toSession(row) : null;
  }

  @Directive('@requiresScopes(scopes: [["fuel:report"]])')
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @Query(() => FuelSession, {
    nullable: true,
    description:
      "For the company of the station, with the scope fuel:report: the session that a pump is open for, without the person; null when it is closed. Let fuel flow while it is READY, and no more than `mostLitres`.",
  })
  async fuelSessionAt(
    @Arg("stationId", () => ID, { description: "Id of the station." }) stationId: string,
    @Arg("pump", () => Int, { description: "The pump's number." }) pump: number,
    @Ctx() { db, principal }: PaymentsContext,
  ): Promise<FuelSession | null> {
    const agencyId = requireFuelReporting(principal);
    if (pump < 1 || pump > 999) return null;
    const row = await sessionAtPump(db, stationId, pump);
    return row?.biller_id === agencyId ? toSession(row) : null;
  }

  @Directive('@requiresScopes(scopes: [["fuel:report"]])')
  @Mutation(() => ReportFuelResult, {
    nullable: true,
    description:
      "For the company of the station, with the scope fuel:report: what was filled in a session. Repeat it until it is answered; it takes effect once.",
  })
  async reportFuel(
    @Arg("input", () => ReportFuelInput, { description: "Which session, and how much." })
    { sessionId, millilitres }: ReportFuelInput,
    @Ctx() { db, principal, settleDeps }: PaymentsContext,
  ): Promise<typeof ReportFuelResult> {
    const agencyId = requireFuelReporting(principal);
    if (millilitres < 0) throw badUserInput("`millilitres` must not be negative.");
    if (!isRecordId(sessionId)) throw badUserInput("`sessionId` must be the id of a session.");
    const outcome = await reportFill(db, { agencyId, sessionId, millilitres }, settleDeps());
    if (outcome.kind === "REFUSED") {
      return FuelReportRefused.of(outcome.code, messages.reportRefused[outcome.code]);
    }
    const total = Money.of(outcome.total, outcome.currency);
    return Object.assign(new FuelReported(), { sessionId, total });
  }

  @FieldResolver(() => FuelStation, { description: "The station." })
  async station(
    @Root() { stationId }: FuelSession,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<FuelStation> {
    const row = await loaders.fuelStation.load(stationId);
    if (!row) throw new Error(`The station ${stationId} has gone.`);
    return toStation(row);
  }

  @FieldResolver(() => Payment, {
    nullable: true,
    description: "The payment, with its receipt in the end; for its payer alone.",
  })
  async payment(
    @Root() { id }: FuelSession,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<Payment | null> {
    const row = await loaders.payment.load(id);
    return row && isSelf(principal, row.person_id) ? toPayment(row) : null;
  }

  @FieldResolver(() => FuelFill, {
    nullable: true,
    description: "What was filled; null until the pump has reported. For its payer alone.",
  })
  async fill(
    @Root() { id, itemId }: FuelSession,
    @Ctx() { loaders, principal }: PaymentsContext,
  ): Promise<FuelFill | null> {
    const session = itemId && (await loaders.fuelSession.load(id));
    if (!session || !isSelf(principal, session.person_id)) return null;
    const row = await loaders.fuelFill.load(itemId);
    return row && toFuelFill(row);
  }
}
