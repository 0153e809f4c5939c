/** Stub of somebody; what payments knows of a person is added in person.resolver.ts. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { personalId } from "../kit/personal-data.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "Somebody of the city who is signed in." })
export class Person {
  @personalId()
  @Field(() => ID, { description: "Stable id of the person." })
  id!: string;
}

export const personOf = (id: string): Person => Object.assign(new Person(), { id });
