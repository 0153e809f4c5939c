/** The fee of a government service as clients see it; its lines are loaded in item.resolver.ts. */
import { Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import type { ServiceFeeRow } from "./service-fee.store.ts";
import { Service, serviceOf } from "./service.ts";
import type { ItemStatus } from "./tables.ts";

export const feeStatuses = { OPEN: "OPEN", PAID: "PAID", VOID: "VOID" } as const;

registerEnumType(feeStatuses, {
  name: "FeeStatus",
  description: "Where the fee of a service stands.",
  valuesConfig: {
    OPEN: { description: "Waits to be paid." },
    PAID: { description: "Is paid." },
    VOID: { description: "Was withdrawn: nothing is to be paid." },
  },
});

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To show what is to be paid, and to take it")
@ObjectType({
  description:
    "The fee of a government service that somebody used. Pay it by the mutation payServiceFee.",
})
export class ServiceFee {
  @Field(() => ID, {
    description:
      "Its id: `fee_…`; of a fee that an agency charged, `fee_<agency>_<its reference>`.",
  })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "The agency that is paid; null only while its data cannot be reached.",
  })
  biller!: Agency;

  @Field(() => Service, {
    nullable: true,
    description: "The service that was used; null only while its data cannot be reached.",
  })
  service!: Service;

  @Field(() => LocalizedText, { description: "What the fee is for." })
  title!: LocalizedText;

  @Field(() => Money, { description: "The sum of its lines." })
  total!: Money;

  @Field(() => feeStatuses, { description: "Where it stands." })
  status!: ItemStatus;

  @Field(() => Money, {
    description:
      "What has to be paid now; zero once it is paid or void. Pass its `amount` to payServiceFee as `expectedAmount`.",
  })
  amountDue!: Money;

  @Field(() => Date, { description: "When it was charged." })
  issuedAt!: Date;

  @Field(() => Boolean, {
    description: "Whether this is made-up sample data and not the agency's own.",
  })
  sample!: boolean;

  payableId!: string;
}

export const toServiceFee = (row: ServiceFeeRow): ServiceFee =>
  Object.assign(new ServiceFee(), {
    id: row.id,
    biller: agencyOf(row.biller_id),
    service: serviceOf(row.service_id),
    title: localized(row.title_en, row.title_ar),
    total: Money.of(row.amount, row.currency),
    status: row.status,
    amountDue: Money.of(row.status === "OPEN" ? row.amount : 0n, row.currency),
    issuedAt: row.issued_at,
    sample: row.sample,
    payableId: row.payable_id,
  });

export const { Connection: ServiceFeeConnection } = connectionOf("ServiceFee", () => ServiceFee);
