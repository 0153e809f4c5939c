/**
 * Names under which the client's fields travel where their own could meet a required field's with other
 * arguments (supergraph/required-arguments.ts): `comments(limit: 1)` as `__client_comments`.
 */
import { type DocumentNode, Kind, visit } from "graphql";

// GraphQL keeps names that begin with two underscores to itself: no field is called so.
const prefix = "__client_";

/** How clients' fields are called while they travel. */
export type ClientNames = {
  /** @param key The response key. @param name The field's own name. */
  readonly toTravel: (key: string, name: string) => string;
  /** The response key again, for example in an error's path. */
  readonly toClient: <Part extends string | number>(part: Part) => Part | string;
  readonly rename: (document: DocumentNode) => DocumentNode;
};

const unchanged: ClientNames = {
  toTravel: (key) => key,
  toClient: (part) => part,
  rename: (document) => document,
};

/** @param names Fields that may be required with arguments. */
export function createClientNames(names: ReadonlySet<string>): ClientNames {
  if (names.size === 0) return unchanged;
  const toTravel = (key: string, name: string) => (names.has(name) ? prefix + key : key);
  return {
    toTravel,
    toClient: (part) =>
      typeof part === "string" && part.startsWith(prefix) ? part.slice(prefix.length) : part,
    rename: (document) =>
      visit(document, {
        Field(field) {
          const key = field.alias?.value ?? field.name.value;
          const travels = toTravel(key, field.name.value);
          return travels === key
            ? undefined
            : { ...field, alias: { kind: Kind.NAME, value: travels } };
        },
      }),
  };
}
