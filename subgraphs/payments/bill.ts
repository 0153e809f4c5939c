/** A bill as clients see it; its lines and payable are loaded in item.resolver.ts. */
import { Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { Money } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import type { BillRow } from "./bill.store.ts";
import { Service, serviceOf } from "./service.ts";
import type { ItemStatus } from "./tables.ts";

export const billStatuses = { OPEN: "OPEN", PAID: "PAID", VOID: "VOID" } as const;

registerEnumType(billStatuses, {
  name: "BillStatus",
  description: "Where a bill stands.",
  valuesConfig: {
    OPEN: { description: "Waits to be paid." },
    PAID: { description: "Is paid in full." },
    VOID: { description: "Was withdrawn by the biller: nothing is to be paid." },
  },
});

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "A bill for what a biller supplied. Pay it by the mutation payBill." })
export class Bill {
  @Field(() => ID, { description: "Its id: `bill_…`." })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "The agency that is paid; null only while its data cannot be reached.",
  })
  biller!: Agency;

  @Field(() => Service, {
    nullable: true,
    description: "The service that is billed; null only while its data cannot be reached.",
  })
  service!: Service;

  @Field(() => String, {
    description: "The payer's number at the biller, masked but for its last digits: •••• 4821.",
  })
  accountNumber!: string;

  @Field(() => Money, { description: "What the bill is over: the sum of its lines." })
  total!: Money;

  @Field(() => Money, {
    description:
      "What has to be paid now; zero once the bill is paid or void. Pass its `amount` to payBill as `expectedAmount`.",
  })
  amountDue!: Money;

  @Field(() => Date, { description: "When the biller issued it." })
  issuedAt!: Date;

  @Field(() => Date, { description: "When it should be paid at the latest." })
  dueAt!: Date;

  @Field(() => billStatuses, { description: "Where it stands." })
  status!: ItemStatus;

  @Field(() => Boolean, {
    description: "Whether this is made-up sample data and not the biller's own.",
  })
  sample!: boolean;

  payableId!: string;
}

export const toBill = (row: BillRow): Bill =>
  Object.assign(new Bill(), {
    id: row.id,
    biller: agencyOf(row.biller_id),
    service: serviceOf(row.service_id),
    accountNumber: row.account_number,
    total: Money.of(row.amount, row.currency),
    amountDue: Money.of(row.status === "OPEN" ? row.amount : 0n, row.currency),
    issuedAt: row.issued_at,
    dueAt: row.due_at,
    status: row.status,
    sample: row.sample,
    payableId: row.payable_id,
  });

export const { Connection: BillConnection } = connectionOf("Bill", () => Bill);
