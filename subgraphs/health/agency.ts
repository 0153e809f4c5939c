/** An agency, which another subgraph owns and this one adds facilities to. */
import { Directive, Field, ID, ObjectType } from "type-graphql";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A public or private body that offers services." })
export class Agency {
  @Field(() => ID, { description: "Stable readable id, for example dewa." })
  id!: string;

  static of(id: string): Agency {
    return Object.assign(new Agency(), { id });
  }
}
