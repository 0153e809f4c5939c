/** Stub of an entity that the services subgraph owns, and the fee that was charged for it. */
import { Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver, Root } from "type-graphql";
import type { PaymentsContext } from "./context.ts";
import { ownServiceFee } from "./own.ts";
import { ServiceFee } from "./service-fee.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({
  description:
    "What a person has applied for; that person can read it, and, once it is sent, its agency.",
})
export class ServiceRequest {
  @Field(() => ID, { description: "Stable id; ids sort by when requests were begun." })
  id!: string;

  @Directive("@external")
  @Field(() => ID, {
    nullable: true,
    description: "Id of the fee that the agency charges for it; null when no fee is due.",
  })
  feeId!: string | null;
}

export const serviceRequestOf = (id: string, feeId: unknown): ServiceRequest =>
  Object.assign(new ServiceRequest(), { id, feeId: typeof feeId === "string" ? feeId : null });

@Resolver(() => ServiceRequest)
export class ServiceRequestResolver {
  @Directive('@requires(fields: "feeId")')
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => ServiceFee, {
    nullable: true,
    description:
      "Its fee, to pay by payServiceFee; null until the agency has charged it, and for everybody but who pays it.",
  })
  async serviceFee(
    @Root() { feeId }: ServiceRequest,
    @Ctx() context: PaymentsContext,
  ): Promise<ServiceFee | null> {
    return feeId === null ? null : ownServiceFee(feeId, context);
  }
}
