/** The form of a service as clients see it. */
import { GraphQLScalarType } from "graphql";
import { GraphQLJSONObject } from "graphql-scalars";
import { Directive, Field, Int, ObjectType } from "type-graphql";
import type { RequestFormRow } from "./request-form.store.ts";

export const JsonObject = new GraphQLScalarType({
  ...GraphQLJSONObject.toConfig(),
  name: "JSONObject",
  description: "A JSON object (RFC 8259). Pass it as a variable.",
});

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "What a service asks of whoever requests it." })
export class RequestForm {
  @Field(() => Int, { description: "Grows when the form is changed; requests keep theirs." })
  version!: number;

  @Field(() => JsonObject, {
    description:
      "JSON Schema (2020-12) of the answers. Fields have a `label` and may have a `hint`, both `{ en, ar }`; choices may have `choiceLabels` by value; `attachment` lists the media types of which the attachment must be one whose id is the answer.",
  })
  schema!: object;

  @Field(() => Boolean, { description: "Whether this is made-up sample data." })
  sample!: boolean;
}

export const toRequestForm = ({ version, schema, sample }: RequestFormRow): RequestForm =>
  Object.assign(new RequestForm(), { version, schema, sample });
