/** A session at a pump as its payer, and as the station's company, sees it; and what starting or reporting one comes to. */
import {
  createUnionType,
  Directive,
  Field,
  ID,
  Int,
  ObjectType,
  registerEnumType,
} from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import type { Text } from "./charge-line.rules.ts";
import { fuelGrades } from "./fuel-fill.ts";
import { litresText, mostMillilitres } from "./fuel-fill.rules.ts";
import { type ReportRefusal, reportRefusals } from "./fuel-report.ts";
import type { SessionRow } from "./fuel.store.ts";
import { InsufficientBalance, PumpUnavailable } from "./pay-result.ts";

export const fuelSessionStates = {
  WAITING: "WAITING",
  READY: "READY",
  FILLED: "FILLED",
  PAID: "PAID",
  RELEASED: "RELEASED",
} as const;
type SessionState = keyof typeof fuelSessionStates;

registerEnumType(fuelSessionStates, {
  name: "FuelSessionState",
  description: "Where a session at a pump stands.",
  valuesConfig: {
    WAITING: {
      description: "The limit is not authorised yet: follow `payment`, open its `pageUrl`.",
    },
    READY: { description: "The pump is open. Fill." },
    FILLED: { description: "The pump has reported; what was filled is being taken." },
    PAID: { description: "What was filled is taken, and the rest of the limit is free again." },
    RELEASED: {
      description:
        "It ended without fuel: declined, cancelled, nothing filled, or too late. Nothing was taken.",
    },
  },
});

/** Of a session, from its payment's state and its report. */
export function sessionState(
  row: Pick<SessionRow, "state" | "reported_millilitres">,
): SessionState {
  switch (row.state) {
    case "CAPTURED":
    case "PARTLY_REFUNDED":
    case "REFUNDED":
      return "PAID";
    case "DECLINED":
    case "CANCELLED":
    case "EXPIRED":
      return "RELEASED";
    default:
      if (row.reported_millilitres !== null) return "FILLED";
      return row.state === "AUTHORISED" ? "READY" : "WAITING";
  }
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("LOCATION", "To open a pump for whoever pays, and to charge what was filled")
@ObjectType({ description: "A pump that a person has opened, and what became of it." })
export class FuelSession {
  @Field(() => ID, { description: "Its id: that of its payment, `pay_…`." })
  id!: string;

  @Field(() => Int, { description: "The pump's number at the station." })
  pump!: number;

  @Field(() => fuelGrades, { description: "The grade that it gives." })
  grade!: keyof typeof fuelGrades;

  @Field(() => Money, { description: "The price of a litre, as it was when the session began." })
  pricePerLitre!: Money;

  @Field(() => Money, { description: "The most that will be taken." })
  limit!: Money;

  @Field(() => String, {
    description: "The most that fits into the limit, in litres with exactly three decimals.",
  })
  mostLitres!: string;

  @Field(() => fuelSessionStates, { description: "Where it stands." })
  state!: SessionState;

  @Field(() => Date, {
    nullable: true,
    description: "If the pump has not reported by then, the session ends and nothing is taken.",
  })
  reportBy!: Date | null;

  stationId!: string;
  itemId!: string | null;
}

export const toSession = (row: SessionRow): FuelSession =>
  Object.assign(new FuelSession(), {
    id: row.payment_id,
    pump: row.pump,
    grade: row.grade,
    pricePerLitre: Money.of(row.price_per_litre, row.currency),
    limit: Money.of(row.limit, row.currency),
    mostLitres: litresText(mostMillilitres(row.limit, row.price_per_litre)),
    state: sessionState(row),
    reportBy: row.expires_at,
    stationId: row.station_id,
    itemId: row.item_id,
  });

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "The pump is yours. By card, follow the session until it is READY." })
export class FuelStarted {
  @Field(() => FuelSession, { description: "The session." })
  session!: FuelSession;
}

export const StartFuelResult = createUnionType({
  name: "StartFuelResult",
  description: "What opening a pump came to: `FuelStarted`, or a `Refusal`.",
  types: () => [FuelStarted, InsufficientBalance, PumpUnavailable] as const,
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "The report is taken. The same report again is answered the same." })
export class FuelReported {
  @Field(() => ID, { description: "Id of the session." })
  sessionId!: string;

  @Field(() => Money, { description: "What is taken for it; zero when nothing was filled." })
  total!: Money;
}

registerEnumType(reportRefusals, {
  name: "FuelReportRefusalCode",
  description: "Why a report is not taken.",
  valuesConfig: {
    NO_SUCH_SESSION: { description: "There is no such session at a station of this company." },
    NOT_AUTHORISED: { description: "Its limit is not authorised: not yet, or not any more." },
    ALREADY_REPORTED: { description: "Another amount was reported for it before." },
    OVER_LIMIT: { description: "It costs more than the limit. Report what fits into it." },
  },
});

@ObjectType({ description: "The report is not taken, and no money moves." })
export class FuelReportRefused {
  @Field(() => reportRefusals, { description: "The reason, for programs." })
  code!: ReportRefusal;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;

  static of(code: ReportRefusal, { en, ar }: Text): FuelReportRefused {
    return Object.assign(new FuelReportRefused(), { code, message: localized(en, ar) });
  }
}

export const ReportFuelResult = createUnionType({
  name: "ReportFuelResult",
  description: "What a pump's report came to.",
  types: () => [FuelReported, FuelReportRefused] as const,
});
