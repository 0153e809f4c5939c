/** The service that a request is for. */
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { ServicesContext } from "./context.ts";
import { loadExisting } from "./loaders.ts";
import { ServiceRequest } from "./service-request.ts";
import { Service, toService } from "./service.ts";

@Resolver(() => ServiceRequest)
export class ServiceRequestResolver {
  @FieldResolver(() => Service, { description: "The service that it is for." })
  async service(
    @Root() { serviceId }: ServiceRequest,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Service> {
    return toService(await loadExisting(loaders.service, serviceId));
  }
}
