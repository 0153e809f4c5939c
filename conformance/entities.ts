/**
 * The entities that a subgraph's SDL says it can resolve, with representations to ask for: known ones
 * from the partner's file of sample keys, unknown ones made of a known one or of the key's types.
 * The rule: Apollo Federation subgraph specification, `Query._entities`.
 */
import { randomBytes } from "node:crypto";
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type SelectionSetNode,
  type TypeNode,
} from "graphql";
import type { Principal } from "../platform/principal.ts";
import type { SampleKeys } from "./sample-keys.ts";

export type Representation = Readonly<Record<string, unknown>> & { readonly __typename: string };

export type EntitySubject = {
  readonly type: string;
  readonly known: readonly Representation[];
  /** Undefined when the partner says that every key is answered: the type is another's, with fields added. */
  readonly unknown: Representation | undefined;
  /** Fields that need no argument and no permission, as selection text. */
  readonly selection: string;
  /** The first resolvable key, as selection text. */
  readonly keyFields: string;
  /** Who asks for it. */
  readonly principal: Principal | undefined;
};

type TypeDefinition = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

const specifiedScalars = new Set(["ID", "String", "Int", "Float", "Boolean"]);
/** Fields that not everybody may see, or that are not answered here. */
const reserved = new Set(["external", "authenticated", "requiresScopes", "policy", "requires"]);
const mostFields = 20;

const argumentOf = (directive: ConstDirectiveNode, name: string) =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);

/** The fields of the first `@key` that can be resolved here. */
function keyOf({ directives = [] }: TypeDefinition): string | undefined {
  for (const directive of directives) {
    if (directive.name.value !== "key" && !directive.name.value.endsWith("__key")) continue;
    const resolvable = argumentOf(directive, "resolvable");
    if (resolvable?.kind === Kind.BOOLEAN && !resolvable.value) continue;
    const fields = argumentOf(directive, "fields");
    if (fields?.kind === Kind.STRING) return fields.value;
  }
  return undefined;
}

function selectionOf(fields: readonly FieldDefinitionNode[], leaves: ReadonlySet<string>): string {
  const open = fields.filter(({ arguments: given = [], directives = [], type }) => {
    const needsArgument = given.some(
      (one) => one.type.kind === Kind.NON_NULL_TYPE && !one.defaultValue,
    );
    const isReserved = directives.some(({ name }) => reserved.has(name.value));
    return leaves.has(namedType(type)) && !needsArgument && !isReserved;
  });
  return open
    .slice(0, mostFields)
    .map(({ name }) => name.value)
    .join(" ");
}

/** A key of the same shape that nobody has. */
function unknownLike(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unknownLike);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, one]) => [name, name === "__typename" ? one : unknownLike(one)]),
    );
  }
  return typeof value === "number" ? 2_147_483_646 : `no-such-${randomBytes(4).toString("hex")}`;
}

/** The key's fields with a text each: enough where no known key shows the shape. */
function madeUp(type: string, keyFields: string): Representation {
  const document = parse(`{ ${keyFields} }`);
  const [operation] = document.definitions;
  const valueOf = (set: SelectionSetNode): Record<string, unknown> =>
    Object.fromEntries(
      set.selections.flatMap((one) =>
        one.kind === Kind.FIELD
          ? [[one.name.value, one.selectionSet ? valueOf(one.selectionSet) : unknownLike("")]]
          : [],
      ),
    );
  const set = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined;
  return { ...(set ? valueOf(set) : {}), __typename: type };
}

/** @param samples By type name. */
export function readEntities(sdl: DocumentNode, samples: SampleKeys): readonly EntitySubject[] {
  const types = sdl.definitions.filter(
    (node): node is TypeDefinition =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION,
  );
  const leaves = new Set(specifiedScalars);
  for (const node of sdl.definitions) {
    if (node.kind === Kind.SCALAR_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_DEFINITION) {
      leaves.add(node.name.value);
    }
  }
  return types.flatMap((node): EntitySubject[] => {
    const type = node.name.value;
    const keyFields = keyOf(node);
    if (keyFields === undefined) return [];
    const sample = samples[type];
    const known = (sample?.known ?? []).map((key) => ({ ...key, __typename: type }));
    const [first] = known;
    const unknown =
      sample?.unknown ?? (first ? (unknownLike(first) as Representation) : madeUp(type, keyFields));
    return [
      {
        type,
        known,
        unknown: unknown === "answered" ? undefined : { ...unknown, __typename: type },
        selection: `${keyFields} ${selectionOf(node.fields ?? [], leaves)}`.trim(),
        keyFields,
        principal: sample?.as,
      },
    ];
  });
}

/** A query for representations of one type. */
export const entitiesQuery = (type: string, selection: string): string =>
  `query Conformance($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on ${type} { ${selection} } } }`;
