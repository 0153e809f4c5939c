/** Stub of an entity that the services subgraph owns; `payables` is added in service.resolver.ts. */
import { Directive, Field, ID, ObjectType } from "type-graphql";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A service that an agency offers." })
export class Service {
  @Field(() => ID, {
    description: "Stable readable id, for example dewa-electricity-bill.",
  })
  id!: string;
}

export const serviceOf = (id: string): Service => Object.assign(new Service(), { id });
