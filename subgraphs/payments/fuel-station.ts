/** Fuel stations as clients see them: where one can fill, which pumps there are, and what a litre costs. */
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import { fuelGrades } from "./fuel-fill.ts";
import type { PriceRow, PumpRow, StationRow } from "./fuel.store.ts";

type Grade = keyof typeof fuelGrades;

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "What a litre of a grade costs now." })
export class FuelPrice {
  @Field(() => fuelGrades, { description: "The grade." })
  grade!: Grade;

  @Field(() => Money, { description: "The price of a litre." })
  perLitre!: Money;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A pump of a fuel station." })
export class FuelPump {
  @Field(() => Int, { description: "The number that is painted on it." })
  number!: number;

  @Field(() => [fuelGrades], { description: "The grades that it gives." })
  grades!: Grade[];
}

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({
  description: "A fuel station where one can pay at the pump by the mutation startFuel.",
})
export class FuelStation {
  @Field(() => ID, { description: "Stable readable id, for example enoc-deira." })
  id!: string;

  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Field(() => Agency, {
    nullable: true,
    description: "The company that runs it; null only while its data cannot be reached.",
  })
  biller!: Agency;

  @Field(() => Boolean, {
    description: "Whether this is made-up sample data and not the company's own.",
  })
  sample!: boolean;
}

export const toStation = (row: StationRow): FuelStation =>
  Object.assign(new FuelStation(), {
    id: row.id,
    name: localized(row.name_en, row.name_ar),
    biller: agencyOf(row.biller_id),
    sample: row.sample,
  });

export const toPump = ({ number, grades }: PumpRow): FuelPump =>
  Object.assign(new FuelPump(), { number, grades });

export const toPrice = ({ grade, price, currency }: PriceRow): FuelPrice =>
  Object.assign(new FuelPrice(), { grade, perLitre: Money.of(price, currency) });

export const { Connection: FuelStationConnection } = connectionOf("FuelStation", () => FuelStation);
