/** A bill as clients see it; its lines and payable are loaded in item.resolver.ts. */
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { Money } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import type { BillRow } from "./bill.store.ts";
import { Service, serviceOf } from "./service.ts";
import type { ItemStatus } from "./tables.ts";

export const billStatuses = {
  OPEN: "OPEN",
  PAID: "PAID",
  VOID: "VOID",
  IN_INSTALMENTS: "IN_INSTALMENTS",
} as const;

registerEnumType(billStatuses, {
  name: "BillStatus",
  description: "Where a bill stands.",
  valuesConfig: {
    OPEN: { description: "Waits to be paid." },
    PAID: { description: "Is paid in full." },
    VOID: { description: "Was withdrawn by the biller: nothing is to be paid." },
    IN_INSTALMENTS: { description: "Was split: its `instalments` are paid instead." },
  },
});

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To show what is to be paid, and to take it")
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
      "What has to be paid now; zero once the bill is paid, void or split. Pass its `amount` to payBill as `expectedAmount`.",
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

  @Field(() => Int, {
    description:
      "Into how many instalments splitBill can split it; 1 when it is paid in full only.",
  })
  mostInstalments!: number;

  payableId!: string;
  /** Set for an instalment of another bill. */
  part!: { readonly parentId: string; readonly number: number; readonly count: number } | null;
}

function partOf({ parent_id: parentId, number, count }: BillRow): Bill["part"] {
  return parentId !== null && number !== null && count !== null
    ? { parentId, number, count }
    : null;
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
    mostInstalments: row.status === "OPEN" ? row.most_instalments : 1,
    payableId: row.payable_id,
    part: partOf(row),
  });

export const { Connection: BillConnection } = connectionOf("Bill", () => Bill);
