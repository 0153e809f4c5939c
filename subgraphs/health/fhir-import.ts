/** What taking a FHIR bundle in answers in the graph. */
import { Field, Int, ObjectType } from "type-graphql";

@ObjectType({ description: "Something in a FHIR bundle that keeps all of it from being taken in." })
export class FhirImportProblem {
  @Field(() => String, {
    description: "Where, for example `Bundle.entry[3].resource.position.latitude`.",
  })
  readonly place!: string;

  @Field(() => String, {
    description: "Of which resource, for example `Location/dha-0000035`; `Bundle` when of none.",
  })
  readonly resource!: string;

  @Field(() => String, { description: "What is wrong, and how to mend it; in English." })
  readonly message!: string;
}

@ObjectType({ description: "What became of a FHIR bundle: all of it was taken in, or nothing." })
export class FhirImport {
  @Field(() => Boolean, {
    description: "Whether it was stored. false when there are problems, and for a dry run.",
  })
  readonly stored!: boolean;

  @Field(() => Int, { description: "How many facilities the bundle holds." })
  readonly facilities!: number;

  @Field(() => Int, { description: "How many doctors the bundle holds." })
  readonly practitioners!: number;

  @Field(() => Int, { description: "How many roles of doctors the bundle holds." })
  readonly roles!: number;

  @Field(() => Int, { description: "How many problems there are." })
  readonly problemCount!: number;

  @Field(() => [FhirImportProblem], {
    description: "The first 200 problems; none when it may be stored.",
  })
  readonly problems!: readonly FhirImportProblem[];
}
