/** What can be paid through the graph: a kind of bill, fine, fee, fuel or top-up of one agency. */
import { Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import type { PayableRow } from "./payable.store.ts";
import { Service, serviceOf } from "./service.ts";
import type { PayableKind } from "./tables.ts";

export const payableKinds = {
  BILL: "BILL",
  FINE: "FINE",
  FUEL: "FUEL",
  FEE: "FEE",
  TOP_UP: "TOP_UP",
} as const;

registerEnumType(payableKinds, {
  name: "PayableKind",
  description: "What is paid.",
  valuesConfig: {
    BILL: { description: "Bills for what was supplied, by account." },
    FINE: { description: "Fines, by vehicle or licence." },
    FUEL: { description: "Fuel, at the pump." },
    FEE: { description: "The fee of a government service." },
    TOP_UP: { description: "Credit that is bought ahead, for example for road tolls." },
  },
});

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({
  description: "Something that can be paid through the graph: who is paid, and for which service.",
})
export class Payable {
  @Field(() => ID, { description: "Stable readable id, for example dewa-bill." })
  id!: string;

  @Field(() => payableKinds, { description: "What is paid." })
  kind!: PayableKind;

  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Field(() => Agency, {
    nullable: true,
    description: "The agency that is paid; null only while its data cannot be reached.",
  })
  biller!: Agency;

  @Field(() => Service, {
    nullable: true,
    description: "The service that it is paid for; null only while its data cannot be reached.",
  })
  service!: Service;

  @Field(() => LocalizedText, {
    description: "What the biller calls the number that it knows a payer by.",
  })
  accountLabel!: LocalizedText;

  @Field(() => Boolean, {
    description: "Whether this is made-up sample data and not the biller's own.",
  })
  sample!: boolean;
}

export const toPayable = (row: PayableRow): Payable =>
  Object.assign(new Payable(), {
    id: row.id,
    kind: row.kind,
    name: localized(row.name_en, row.name_ar),
    biller: agencyOf(row.biller_id),
    service: serviceOf(row.service_id),
    accountLabel: localized(row.account_label_en, row.account_label_ar),
    sample: row.sample,
  });
