/** The person who is signed in; other subgraphs add what they hold of them. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { personalId } from "../kit/personal-data.ts";

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
