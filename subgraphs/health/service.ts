/** A service of the catalogue, which another subgraph owns and this one adds facilities to. */
import { Directive, Field, ID, ObjectType } from "type-graphql";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A service that an agency offers." })
export class Service {
  @Field(() => ID, { description: "Stable readable id, for example dewa-electricity-bill." })
  id!: string;

  static of(id: string): Service {
    return Object.assign(new Service(), { id });
  }
}
