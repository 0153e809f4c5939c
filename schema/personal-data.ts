/**
 * The catalogue of the personal data that the graph holds, read from a supergraph's `@personalData`
 * directives (subgraphs/kit/personal-data.ts): by type and kind, which fields, for what, and where.
 */
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from "graphql";
import {
  type PersonalDataCategory,
  personalDataCategories,
} from "../subgraphs/kit/personal-data.ts";

export type PersonalDataHolding = {
  readonly type: string;
  /** What the type is, in its own words. */
  readonly description: string;
  readonly category: PersonalDataCategory;
  readonly isSpecial: boolean;
  readonly purpose: string;
  /** In alphabetical order. */
  readonly fields: readonly string[];
  /** Which subgraphs hold it, in alphabetical order. */
  readonly subgraphs: readonly string[];
};

const named = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);

type Directed = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

const directivesOf = ({ directives }: Directed, name: string): readonly ConstDirectiveNode[] =>
  directives?.filter((directive) => directive.name.value === name) ?? [];

const argumentOf = (directive: ConstDirectiveNode, name: string): string | undefined => {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.ENUM || value?.kind === Kind.STRING ? value.value : undefined;
};

type Classification = { readonly category: PersonalDataCategory; readonly purpose: string };

function classificationOf(node: Directed): Classification | undefined {
  const [directive] = directivesOf(node, "personalData");
  if (!directive) return undefined;
  const category = argumentOf(directive, "category") ?? "";
  if (!(category in personalDataCategories)) {
    throw new Error(`"${category}" is no category of @personalData.`);
  }
  return {
    category: category as PersonalDataCategory,
    purpose: argumentOf(directive, "purpose") ?? "",
  };
}

/** `HEALTH` of `join__Graph` → the subgraph's name. */
function readGraphNames(document: ReturnType<typeof parse>): ReadonlyMap<string, string> {
  const graphs = document.definitions.find(
    (one) => one.kind === Kind.ENUM_TYPE_DEFINITION && one.name.value === "join__Graph",
  );
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return new Map(
    values.map((value) => {
      const [graph] = directivesOf(value, "join__graph");
      return [value.name.value, (graph && argumentOf(graph, "name")) ?? value.name.value];
    }),
  );
}

const graphsOf = (node: Directed, directive: string): readonly string[] =>
  directivesOf(node, directive).flatMap((one) => argumentOf(one, "graph") ?? []);

/** @throws Error for a category that is not one. */
export function readPersonalData(supergraphSdl: string): readonly PersonalDataHolding[] {
  const document = parse(supergraphSdl, { noLocation: true });
  const names = readGraphNames(document);
  const types = document.definitions.filter(
    (one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION,
  );
  const entities = new Set(
    types
      .filter((type) => directivesOf(type, "join__type").some((one) => argumentOf(one, "key")))
      .map(({ name }) => name.value),
  );
  const holdings = new Map<string, PersonalDataHolding>();
  function note(
    type: ObjectTypeDefinitionNode,
    field: FieldDefinitionNode,
    { category, purpose }: Classification,
  ): void {
    const key = JSON.stringify([type.name.value, category, purpose]);
    const before = holdings.get(key);
    const here = graphsOf(field, "join__field");
    const graphs = here.length > 0 ? here : graphsOf(type, "join__type");
    const subgraphs = new Set([
      ...(before?.subgraphs ?? []),
      ...graphs.map((graph) => names.get(graph) ?? graph),
    ]);
    holdings.set(key, {
      type: type.name.value,
      description: type.description?.value ?? "",
      category,
      isSpecial: personalDataCategories[category].isSpecial,
      purpose,
      fields: [...(before?.fields ?? []), field.name.value].toSorted(),
      subgraphs: [...subgraphs].toSorted(),
    });
  }
  for (const type of types) {
    const whole = classificationOf(type);
    for (const field of type.fields ?? []) {
      const own = classificationOf(field);
      // Of other entities a type holds no more than that it has to do with them.
      const isForeign = entities.has(named(field.type)) && named(field.type) !== type.name.value;
      if (own) note(type, field, own);
      else if (whole && !isForeign) note(type, field, whole);
    }
  }
  return [...holdings.values()].toSorted((one, other) =>
    `${one.type}/${one.category}` < `${other.type}/${other.category}` ? -1 : 1,
  );
}

const cell = (text: string): string => text.replace(/\s+/g, " ").replaceAll("|", "\\|");

/** The catalogue for people, in Markdown. */
export function writePersonalData(holdings: readonly PersonalDataHolding[]): string {
  const rows = holdings.map(
    ({ type, fields, category, isSpecial, purpose, subgraphs }) =>
      `| \`${type}\` | ${fields.map((field) => `\`${field}\``).join(", ")} | ${category}${isSpecial ? " (special)" : ""} | ${cell(purpose)} | ${subgraphs.join(", ")} |`,
  );
  const categories = Object.entries(personalDataCategories).map(
    ([name, { meaning, isSpecial }]) => `- \`${name}\`${isSpecial ? ", special" : ""}: ${meaning}.`,
  );
  return `# Personal data in the graph

Written by \`npm run personal-data\` from the supergraph; edit the schema, not this page. The same list is in the graph as \`personalData\`.

\`\`\`graphql
directive @personalData(category: PersonalDataCategory!, purpose: String!) on OBJECT | FIELD_DEFINITION
\`\`\`

The directive stands on a type, for everything that it holds, or on a field. Subgraphs of this repository write \`@personalData("FINANCIAL", "To take a payment")\` (subgraphs/kit/personal-data.ts); others link \`https://specs.city-graph.example/personalData/v1.0\`, define it as above, and name it by \`@composeDirective\`. A test holds that no type of a person is left out. Special kinds ask for more care.

${categories.join("\n")}

| type | fields | kind | what it is for | held by |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
