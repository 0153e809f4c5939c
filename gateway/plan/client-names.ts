/**
 * Names under which the client's fields travel where their own could meet another field of the same name: an alias
 * may be the name of a key or of a required field, or stand for one field on one type and for another on another,
 * of which the planner asks entities of one place. So an alias travels with its field's name: `total: price` as
 * `__client_5_price_total`. So do fields that may be required with other arguments
 * (supergraph/required-arguments.ts), also without an alias.
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

function toClient<Part extends string | number>(part: Part): Part | string {
  if (typeof part !== "string" || !part.startsWith(prefix)) return part;
  const lengthEnd = part.indexOf("_", prefix.length);
  // The name's length is told, since names may have underscores too.
  const nameLength = Number(part.slice(prefix.length, lengthEnd));
  return part.slice(lengthEnd + 1 + nameLength + 1);
}

/** @param names Fields that may be required with arguments. */
export function createClientNames(names: ReadonlySet<string>): ClientNames {
  const toTravel = (key: string, name: string): string => {
    const isIntrospection = name.startsWith("__");
    const meetsNothing = key === name && !names.has(name);
    return isIntrospection || meetsNothing ? key : `${prefix}${name.length}_${name}_${key}`;
  };
  return {
    toTravel,
    toClient,
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
