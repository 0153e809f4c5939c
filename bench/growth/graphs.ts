/**
 * Supergraphs of any size: the first subgraph lists items, each further one adds a field to them, and types
 * that no operation asks for lie about in all of them. The same for every gateway.
 */
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";

export type Size = {
  /** Items of the answer. */
  readonly entities: number;
  readonly subgraphs: number;
  /** Types beside those that are asked for. */
  readonly types: number;
};

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])`;

const nameOf = (index: number): string => `s${index}`;

/** SDL by subgraph. */
export function sdlOf({ subgraphs, types }: Size): Readonly<Record<string, string>> {
  const all = Array.from({ length: subgraphs }, (_, index) => {
    const own: string[] = [];
    for (let type = index; type < types; type += subgraphs) own.push(`Extra${type}`);
    const extras = own.map((name, at) => {
      const next = own[at + 1];
      return `type ${name} @key(fields: "id") { id: ID! text: String number: Int ${next ? `next: ${next}` : ""} }`;
    });
    const query = [
      index === 0 ? "items(first: Int!): [Item]" : "",
      own[0] ? `extra${index}: ${own[0]}` : `unused${index}: Int`,
    ];
    const item = `type Item @key(fields: "id") { id: ID! f${index}: String }`;
    const sdl = [link, `type Query { ${query.join(" ")} }`, item, ...extras].join("\n");
    return [nameOf(index), sdl] as const;
  });
  return Object.fromEntries(all);
}

/** Asks every subgraph. */
export function queryOf({ entities, subgraphs }: Size): string {
  const fields = Array.from({ length: subgraphs }, (_, index) => `f${index}`);
  return `{ items(first: ${entities}) { id ${fields.join(" ")} } }`;
}

export const rightAnswer = ({ entities, subgraphs }: Size): unknown => ({
  data: {
    items: Array.from({ length: entities }, (_, id) => {
      const fields = Array.from({ length: subgraphs }, (_unused, index) => {
        return [`f${index}`, valueOf(`f${index}`, String(id))];
      });
      return { id: String(id), ...Object.fromEntries(fields) };
    }),
  },
});

/** What a field of an item holds. */
export const valueOf = (field: string, id: string): string => `${field} of the item ${id}`;

/** @throws what does not compose. */
export function compose(
  sdl: Readonly<Record<string, string>>,
  urls: Readonly<Record<string, string>>,
): string {
  const services = Object.entries(sdl).map(([name, text]) => {
    return { name, url: urls[name] ?? "", typeDefs: parse(text) };
  });
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl) return supergraphSdl;
  throw new Error(errors?.map(({ message }) => message).join("\n"));
}
