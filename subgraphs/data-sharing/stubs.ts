/** Entities that other subgraphs own, as far as this one knows them. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { personalId } from "../kit/personal-data.ts";

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

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A service that an agency offers." })
export class Service {
  @Field(() => ID, { description: "Stable readable id, for example dewa-electricity-bill." })
  id!: string;

  // The gateway sends it along when a field requires it.
  @Directive("@external")
  @Field(() => Agency, { description: "Who offers it." })
  agency!: Agency;
}

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "Somebody of the city who is signed in." })
export class Person {
  @personalId()
  @Field(() => ID, { description: "Stable id of the person." })
  id!: string;

  static of(id: string): Person {
    return Object.assign(new Person(), { id });
  }
}
