/** Scalars and value types that every subgraph shares, so that they compose: text, money, time. */
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { GraphQLDateTimeISO } from "graphql-scalars";
import { Directive, Field, ObjectType } from "type-graphql";
import { formatMoney } from "./money.ts";

const badMinorUnits = (value: unknown): GraphQLError =>
  new GraphQLError(
    `MinorUnits is a whole number of minor units between -(2^53-1) and 2^53-1, not ${JSON.stringify(value)}.`,
    { extensions: { code: "BAD_USER_INPUT" } },
  );

function toMinorUnits(value: unknown): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw badMinorUnits(value);
}

/** Held as bigint inside, a JSON integer outside: exact in every client up to 2^53-1. */
export const MinorUnits = new GraphQLScalarType<bigint, number>({
  name: "MinorUnits",
  description:
    "A whole number of a currency's minor units (ISO 4217): 41250 is AED 412.50. A JSON integer within ±(2^53-1).",
  serialize(value) {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number)) return number;
    throw new GraphQLError("An amount is outside of the range that JSON can carry exactly.");
  },
  parseValue: toMinorUnits,
  parseLiteral(node) {
    if (node.kind === Kind.INT) return toMinorUnits(Number(node.value));
    throw badMinorUnits("value" in node ? node.value : node.kind);
  },
});

/** `Date` properties become this scalar: ISO 8601 with offset (RFC 3339). */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: "DateTime",
  description: "A moment as ISO 8601 with offset (RFC 3339), for example 2026-02-18T09:00:00.000Z.",
});

export const scalarsMap: { type: new () => object; scalar: GraphQLScalarType }[] = [
  { type: Date, scalar: DateTime },
];

@Directive("@shareable")
@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({
  description: "A text for people in both languages of the city; a client shows the one it needs.",
})
export class LocalizedText {
  @Field(() => String, { description: "English." })
  en!: string;

  @Field(() => String, { description: "Arabic." })
  ar!: string;
}

@Directive("@shareable")
@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "An amount of money. Never computed with floating point." })
export class Money {
  @Field(() => MinorUnits, { description: "Minor units of the currency: 41250 is AED 412.50." })
  amount!: bigint;

  @Field(() => String, { description: "ISO 4217 code, for example AED." })
  currency!: string;

  @Field(() => LocalizedText, { description: "The amount as people read it." })
  formatted(): LocalizedText {
    return formatMoney(this.amount, this.currency);
  }

  static of(amount: bigint, currency: string): Money {
    return Object.assign(new Money(), { amount, currency });
  }
}

/** `{ en, ar }` of a row whose columns are named by language. */
export const localized = (en: string, ar: string): LocalizedText =>
  Object.assign(new LocalizedText(), { en, ar });
