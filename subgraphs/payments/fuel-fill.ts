/** A fill of fuel as clients see it. */
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import { litresText } from "./fuel-fill.rules.ts";
import type { FuelFillRow } from "./fuel-fill.store.ts";
import { Service, serviceOf } from "./service.ts";

export const fuelGrades = {
  SUPER_98: "SUPER_98",
  SPECIAL_95: "SPECIAL_95",
  E_PLUS_91: "E_PLUS_91",
  DIESEL: "DIESEL",
} as const;

registerEnumType(fuelGrades, {
  name: "FuelGrade",
  description: "A grade of fuel as the pumps name it.",
  valuesConfig: {
    SUPER_98: { description: "Petrol of 98 octane." },
    SPECIAL_95: { description: "Petrol of 95 octane." },
    E_PLUS_91: { description: "Petrol of 91 octane." },
    DIESEL: { description: "Diesel." },
  },
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("LOCATION", "To open a pump for whoever pays, and to charge what was filled")
@ObjectType({ description: "Fuel that was filled at a pump." })
export class FuelFill {
  @Field(() => ID, { description: "Its id: `fill_…`." })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "The company that is paid; null only while its data cannot be reached.",
  })
  biller!: Agency;

  @Field(() => Service, {
    nullable: true,
    description: "The service it was paid through; null only while its data cannot be reached.",
  })
  service!: Service;

  @Field(() => LocalizedText, { description: "The station's name." })
  station!: LocalizedText;

  @Field(() => Int, { description: "The pump's number at the station." })
  pump!: number;

  @Field(() => fuelGrades, { description: "The grade of the fuel." })
  grade!: keyof typeof fuelGrades;

  @Field(() => String, {
    description: "Litres with exactly three decimals, as text so that none are lost: 41.237.",
  })
  litres!: string;

  @Field(() => Money, { description: "The price of a litre." })
  pricePerLitre!: Money;

  @Field(() => Money, {
    description: "Litres times price, rounded half up to the minor unit once.",
  })
  total!: Money;

  @Field(() => Date, { description: "When it was filled." })
  filledAt!: Date;

  @Field(() => Boolean, {
    description: "Whether this is made-up sample data and not the company's own.",
  })
  sample!: boolean;

  payableId!: string;
}

export const toFuelFill = (row: FuelFillRow): FuelFill =>
  Object.assign(new FuelFill(), {
    id: row.id,
    biller: agencyOf(row.biller_id),
    service: serviceOf(row.service_id),
    station: localized(row.station_en, row.station_ar),
    pump: row.pump,
    grade: row.grade,
    litres: litresText(row.millilitres),
    pricePerLitre: Money.of(row.price_per_litre, row.currency),
    total: Money.of(row.amount, row.currency),
    filledAt: row.issued_at,
    sample: row.sample,
    payableId: row.payable_id,
  });
