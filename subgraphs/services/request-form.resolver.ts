/** The form of a service: what can be requested here has one. */
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { ServicesContext } from "./context.ts";
import { RequestForm, toRequestForm } from "./request-form.graph.ts";
import { Service } from "./service.ts";

@Resolver(() => Service)
export class RequestFormResolver {
  @FieldResolver(() => RequestForm, {
    nullable: true,
    description: "What to fill in to request it here; null when it cannot be requested here.",
  })
  async requestForm(
    @Root() { id }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<RequestForm | null> {
    const form = await loaders.requestForm(undefined).load(id);
    return form && toRequestForm(form);
  }
}
