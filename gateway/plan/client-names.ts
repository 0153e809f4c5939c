/**
 * Names under which the client's fields travel where their own could meet another field of the same name: an alias
 * may be the name of a key or of a required field, or stand for one field on one type and for another on another,
 * of which the planner asks entities of one place. So an alias travels with its field's name: `total: price` as
 * `__client_5_price_total`. So do fields that may be required with other arguments
 * (supergraph/required-arguments.ts), also without an alias, and those that the document itself asks with different
 * arguments under one key (keep-arguments-apart.ts), with a number more: `__client_5x1_price_total`.
 */
import { type DocumentNode, type FieldNode, Kind, visit } from "graphql";

// GraphQL keeps names that begin with two underscores to itself: no field is called so.
const prefix = "__client_";

/** @param number Tells apart what has the same key and the same name. */
const travelName = (key: string, name: string, number = ""): string =>
  `${prefix}${name.length}${number}_${name}_${key}`;

const aliasOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

export const hasOwnPrefix = (field: FieldNode): boolean => aliasOf(field).startsWith(prefix);

export const numbered = (field: FieldNode, number: number): FieldNode => ({
  ...field,
  alias: {
    kind: Kind.NAME,
    value: travelName(aliasOf(field), field.name.value, `x${number}`),
  },
});

/** How clients' fields are called while they travel. */
export type ClientNames = {
  /** The name that a field travels under; of a document whose arguments are kept apart. */
  readonly toTravel: (field: FieldNode) => string;
  readonly rename: (document: DocumentNode) => DocumentNode;
};

/** The response key again of a name that travelled, for example in an error's path. */
export function toClient<Part extends string | number>(part: Part): Part | string {
  if (typeof part !== "string" || !part.startsWith(prefix)) return part;
  const lengthEnd = part.indexOf("_", prefix.length);
  // The name's length is told, since names may have underscores too.
  const nameLength = Number.parseInt(part.slice(prefix.length, lengthEnd));
  return part.slice(lengthEnd + 1 + nameLength + 1);
}

/** The key of the answer; of a document whose arguments are kept apart. */
export const responseKeyOf = (field: FieldNode): string => toClient(aliasOf(field));

/** @param names Fields that may be required with arguments. */
export function createClientNames(names: ReadonlySet<string>): ClientNames {
  const toTravel = (field: FieldNode): string => {
    const [key, name] = [aliasOf(field), field.name.value];
    const isIntrospection = name.startsWith("__");
    const meetsNothing = key === name && !names.has(name);
    return isIntrospection || meetsNothing || hasOwnPrefix(field) ? key : travelName(key, name);
  };
  return {
    toTravel,
    rename: (document) =>
      visit(document, {
        Field(field) {
          const travels = toTravel(field);
          return travels === aliasOf(field)
            ? undefined
            : { ...field, alias: { kind: Kind.NAME, value: travels } };
        },
      }),
  };
}
