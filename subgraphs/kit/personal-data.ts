/**
 * `@personalData`: which of the graph's data tells of a person, of what kind it is, and for what it is
 * held. Written on a type (for all that it holds) or on a field; composed into the supergraph, from
 * which the catalogue of personal data is generated. Clients do not see it.
 */
import { Directive } from "type-graphql";

/** What kind of data it is; `isSpecial` asks for more care, as law does (UAE Federal Decree-Law 45 of 2021). */
export const personalDataCategories = {
  IDENTITY: { isSpecial: false, meaning: "Who somebody is: names, ids, marks such as a plate" },
  CONTACT: { isSpecial: false, meaning: "How to reach somebody" },
  FINANCIAL: { isSpecial: false, meaning: "What somebody owes, pays and has" },
  OFFENCE: { isSpecial: true, meaning: "What somebody is held to have done against the rules" },
  HEALTH: { isSpecial: true, meaning: "Health and care" },
  LOCATION: { isSpecial: false, meaning: "Where somebody was or is" },
  SERVICE_USE: { isSpecial: false, meaning: "What somebody asks of agencies, and what came of it" },
  CONSENT: { isSpecial: false, meaning: "What somebody allows, and what was done on that ground" },
  PROFESSION: { isSpecial: false, meaning: "What somebody does at work, licences included" },
} as const;
export type PersonalDataCategory = keyof typeof personalDataCategories;

/**
 * @param category Its kind.
 * @param purpose For what the graph holds it, in a plain sentence without a full stop.
 * @example @personalData("FINANCIAL", "To take a payment and to prove it")
 */
export const personalData = (category: PersonalDataCategory, purpose: string) =>
  Directive(`@personalData(category: ${category}, purpose: ${JSON.stringify(purpose)})`);

/** `Person.id`, of which every subgraph must say the same. */
export const personalId = (): ReturnType<typeof Directive> =>
  personalData("IDENTITY", "To know whose data it is");

/** Names the directive's specification; its text is in docs/personal-data.md. */
const specification = "https://specs.city-graph.example/personalData/v1.0";

const values = Object.entries(personalDataCategories).map(
  ([name, { meaning, isSpecial }]) =>
    `  """${meaning}${isSpecial ? "; asks for more care" : ""}"""\n  ${name}`,
);

export const categoryDescription = "What kind of personal data something is.";

const enumSdl = `"""${categoryDescription}"""
enum PersonalDataCategory {
${values.join("\n")}
}
`;

/** What the SDL of a subgraph that uses the directive begins with. */
export const personalDataHeader = (sdl: string): string => {
  const links = `extend schema @link(url: "https://specs.apollo.dev/link/v1.0")
extend schema @link(url: "${specification}", import: ["@personalData", "PersonalDataCategory"]) @composeDirective(name: "@personalData")
directive @personalData(category: PersonalDataCategory!, purpose: String!) on OBJECT | FIELD_DEFINITION
`;
  // The subgraph that lists what is held has the categories among its own types.
  return sdl.includes("enum PersonalDataCategory ") ? links : `${links}${enumSdl}`;
};

/** type-graphql's printer knows no types of directives, and prints the enum's value as a string. */
export const withCategories = (sdl: string): string =>
  sdl.replace(/@personalData\(category: "([A-Z_]+)"/g, "@personalData(category: $1");
