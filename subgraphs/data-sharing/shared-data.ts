/** Shared data as the graph hands it over: rows, counts without small groups, noisy figures. */
import { GraphQLSafeInt } from "graphql-scalars";
import { createUnionType, Directive, Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { localized, LocalizedText } from "../kit/scalars.ts";
import type { ProductRow } from "./product.store.ts";
import { SharedFieldKindEnum } from "./sharing-enums.ts";
import { SharingRefused } from "./sharing.ts";

const privately = () => Directive("@cacheControl(maxAge: 0, scope: PRIVATE)");
const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

export const figureKinds = { PERSONS: "PERSONS", SUM: "SUM" } as const;

registerEnumType(figureKinds, {
  name: "PrivateFigureKind",
  description: "What a noisy figure tells.",
  valuesConfig: {
    PERSONS: { description: "How many persons." },
    SUM: { description: "The sum of a measure, to which each person adds at most its `cap`." },
  },
});

@inherited()
@ObjectType({ description: "A field of shared data." })
export class SharedField {
  @Field(() => String, { description: "Its name." })
  name!: string;

  @inherited()
  @Field(() => LocalizedText, { description: "Its name, for people." })
  label!: LocalizedText;

  @Field(() => SharedFieldKindEnum, { description: "What can be done with it." })
  kind!: "DIMENSION" | "MEASURE" | "TEXT";

  @Field(() => Int, {
    nullable: true,
    description: "The most that one person adds to a noisy sum; null but for measures.",
  })
  cap!: number | null;
}

@inherited()
@ObjectType({
  description: "A dataset that can be queried through the graph by who holds a grant.",
})
export class DataProduct {
  @inherited()
  @Field(() => [SharedField], { description: "The fields that can be requested." })
  fields!: readonly SharedField[];

  @Field(() => Boolean, { description: "true: its rows are made up." })
  sample!: boolean;
}

export const toDataProduct = ({ fields, sample }: ProductRow): DataProduct =>
  Object.assign(new DataProduct(), {
    sample,
    fields: fields.map(({ name, label, kind, cap }) =>
      Object.assign(new SharedField(), {
        name,
        label: localized(label.en, label.ar),
        kind,
        cap: cap ?? null,
      }),
    ),
  });

@privately()
@personalData(
  "IDENTITY",
  "To hand over what a grant allows; which kinds are in it, the dataset tells",
)
@ObjectType({ description: "One row." })
export class SharedRow {
  @Field(() => [String], {
    nullable: "items",
    description:
      "Its values in the order of `columns`; null for what the row lacks or its person's consent does not give.",
  })
  values!: readonly (string | null)[];
}

@privately()
@ObjectType({
  description: "Rows that the grant gives, and the person's consent where it needs one.",
})
export class SharedRows {
  @Field(() => [String], { description: "The fields, as they were asked for." })
  columns!: readonly string[];

  @Field(() => [SharedRow], { description: "The rows." })
  rows!: readonly SharedRow[];

  @Field(() => Int, { nullable: true, description: "`after` of the next page; null at the end." })
  next!: number | null;

  @Field(() => GraphQLSafeInt, { description: "The access's place in the access log." })
  logSequence!: number;
}

@privately()
@ObjectType({ description: "One cell of a table of counts." })
export class SharedCount {
  @Field(() => [String], {
    nullable: "items",
    description: "The values of the fields counted by; null for the total over that field.",
  })
  keys!: readonly (string | null)[];

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: "How many records; null when it is kept back for the sake of a small group.",
  })
  count!: number | null;
}

@privately()
@ObjectType({
  description:
    "A table of counts with its totals. Counts of too few persons are kept back, and so are others from which they would follow.",
})
export class SharedCounts {
  @Field(() => [String], { description: "The fields that were counted by." })
  by!: readonly string[];

  @Field(() => [SharedCount], { description: "The cells that are not empty, and all totals." })
  cells!: readonly SharedCount[];

  @Field(() => Int, { description: "The least number of persons whose count is shown." })
  minimumPersons!: number;

  @Field(() => GraphQLSafeInt, { description: "The access's place in the access log." })
  logSequence!: number;
}

@privately()
@ObjectType({
  description:
    "A figure with noise of the discrete Laplace distribution: differentially private for each person.",
})
export class PrivateFigure {
  @Field(() => GraphQLSafeInt, {
    description: "The noisy figure; it may be below nought. Asked again, it is the same.",
  })
  value!: number;

  @Field(() => Int, {
    description: "Half the width of the interval that holds the true figure in 95 of 100 cases.",
  })
  margin!: number;

  @Field(() => Int, { description: "What it cost, in thousandths of epsilon." })
  milliEpsilon!: number;

  @Field(() => Int, {
    description: "What is left of the grant's budget, in thousandths of epsilon.",
  })
  remainingMilliEpsilon!: number;

  @Field(() => GraphQLSafeInt, { description: "The access's place in the access log." })
  logSequence!: number;
}

export const SharedRowsResult = createUnionType({
  name: "SharedRowsResult",
  description: "Rows, or a refusal.",
  types: () => [SharedRows, SharingRefused] as const,
});

export const SharedCountsResult = createUnionType({
  name: "SharedCountsResult",
  description: "Counts, or a refusal.",
  types: () => [SharedCounts, SharingRefused] as const,
});

export const PrivateFigureResult = createUnionType({
  name: "PrivateFigureResult",
  description: "A noisy figure, or a refusal.",
  types: () => [PrivateFigure, SharingRefused] as const,
});
