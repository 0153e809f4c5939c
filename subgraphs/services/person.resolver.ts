/** Who is signed in, and what that person has applied for. */
import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Directive, FieldResolver, Query, Resolver, Root, Info } from "type-graphql";
import { noPerson } from "../kit/nobody.ts";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import type { ServicesContext } from "./context.ts";
import { Person, toPerson } from "./person.ts";
import { requireSelf } from "./person.rules.ts";
import {
  type ServiceRequest,
  ServiceRequestConnection,
  toServiceRequest,
} from "./service-request.ts";

@Resolver(() => Person)
export class PersonResolver {
  @Directive("@shareable")
  @Query(() => Person, {
    nullable: true,
    description: "Who is signed in; null when nobody is, or when it is no person.",
  })
  me(@Ctx() { principal }: ServicesContext, @Info() info: GraphQLResolveInfo): Person | null {
    return principal?.kind === "person" ? toPerson(principal.id) : noPerson(info);
  }

  @Directive("@authenticated")
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => ServiceRequestConnection, {
    nullable: true,
    description: "What the person has applied for, the latest begun first.",
  })
  async serviceRequests(
    @Root() { id }: Person,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { principal, loaders }: ServicesContext,
  ): Promise<Connection<ServiceRequest>> {
    requireSelf(principal, id);
    const page = readPage(given, ["string"]);
    return toConnection({
      rows: await loaders.requestsOfPerson(page).load(id),
      page,
      keysOf: (row) => [row.id],
      toNode: toServiceRequest,
      count: async () => Number((await loaders.requestCountOfPerson.load(id))?.total ?? 0),
    });
  }
}
