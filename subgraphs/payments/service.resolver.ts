/** What can be paid for a service. */
import { Ctx, Directive, FieldResolver, Resolver, Root } from "type-graphql";
import type { PaymentsContext } from "./context.ts";
import { Payable, toPayable } from "./payable.ts";
import { Service } from "./service.ts";

@Resolver(() => Service)
export class ServiceResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => [Payable], {
    nullable: true,
    description:
      "What can be paid for this service through the graph; empty when nothing can, null only while payments cannot be reached.",
  })
  async payables(
    @Root() service: Service,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<readonly Payable[]> {
    return (await loaders.payablesOfService.load(service.id)).map(toPayable);
  }
}
