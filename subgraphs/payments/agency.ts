/** Stub of an entity that the services subgraph owns; `bills` is added in agency.resolver.ts. */
import { Directive, Field, ID, ObjectType } from "type-graphql";

@Directive('@key(fields: "id")')
@ObjectType({ description: "A public or private body that offers services." })
export class Agency {
  @Field(() => ID, { description: "Stable readable id, for example dewa." })
  id!: string;
}

export const agencyOf = (id: string): Agency => Object.assign(new Agency(), { id });
