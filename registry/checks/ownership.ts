/**
 * Whose fields are whose: an agency may point at another's type by its key, and share what the other marks
 * @shareable as it is; to add to it, to answer its fields, to override or to loosen them, it needs the
 * other's recorded consent.
 */
import { type FieldDefinitionNode, Kind, parse, type TypeNode } from "graphql";
import { finding, type Finding } from "../findings.ts";
import type { Check, CheckInput } from "./input.ts";
import { askFor, createOwnerOf, hasConsent, keyFieldsOf } from "./owners.ts";
import { has, rootTypes, type SdlType, typesOf } from "./sdl-nodes.ts";

type Foreign = { readonly owner: string; readonly types: readonly SdlType[] };
/** A field of another agency, and its type there. */
type Theirs = {
  readonly owner: string;
  readonly type: SdlType;
  readonly field: FieldDefinitionNode;
};

const fieldNamed = (type: SdlType | undefined, name: string): FieldDefinitionNode | undefined =>
  type?.fields.find((field) => field.name.value === name);

/** Everywhere that agencies other than the publishing one have the field. */
const theirsOf = (foreign: readonly Foreign[], type: string, field: string): readonly Theirs[] =>
  foreign.flatMap(({ owner, types }) => {
    const theirType = types.find(({ name }) => name === type);
    const theirField = fieldNamed(theirType, field);
    return theirType && theirField ? [{ owner, type: theirType, field: theirField }] : [];
  });

/** Whether `own` may be null somewhere that `theirs` may not: the graph's field is the looser of the two. */
function loosens(own: TypeNode, theirs: TypeNode): boolean {
  if (theirs.kind === Kind.NON_NULL_TYPE)
    return own.kind !== Kind.NON_NULL_TYPE || loosens(own.type, theirs.type);
  const inner = own.kind === Kind.NON_NULL_TYPE ? own.type : own;
  return (
    inner.kind === Kind.LIST_TYPE &&
    theirs.kind === Kind.LIST_TYPE &&
    loosens(inner.type, theirs.type)
  );
}

/** What sharing a field would take from it. An argument that one of its subgraphs lacks, the graph lacks. */
function* lossesOf(own: FieldDefinitionNode, theirs: FieldDefinitionNode): Generator<string> {
  if (loosens(own.type, theirs.type)) yield "may be null here, and may not there";
  for (const { name } of theirs.arguments ?? [])
    if (!own.arguments?.some((one) => one.name.value === name.value))
      yield `lacks its argument ${name.value}`;
}

function checkField(
  input: CheckInput,
  type: SdlType,
  field: FieldDefinitionNode,
  theirs: readonly Theirs[],
  isKey: boolean,
): readonly Finding[] {
  const name = field.name.value;
  const place = `${type.name}.${name}`;
  return theirs.flatMap((their): Finding[] => {
    const { owner } = their;
    if (hasConsent(input, owner, type.name, name) || has(their.field, "external")) return [];
    const refused = (message: string, mend = ""): Finding[] => [
      finding(
        "OWNERSHIP_TAKES_OVER",
        place,
        `${place} ${message}`,
        `${mend}${askFor(input, owner, place)}`,
      ),
    ];
    if (has(field, "override")) return refused(`overrides a field of ${owner}.`);
    const isShared = isKey || has(their.field, "shareable") || has(their.type, "shareable");
    if (!isShared)
      return refused(`is answered by ${owner}.`, "Mark it @external, or give it another name. ");
    return [...lossesOf(field, their.field)].flatMap((loss) =>
      refused(`is shared with ${owner}, and ${loss}.`, "Write it as it is there. "),
    );
  });
}

export const checkOwnership: Check = (input) => {
  const { subgraph, document, others } = input;
  const foreign: readonly Foreign[] = others
    .filter(({ owner }) => owner !== subgraph.owner)
    .map(({ owner, sdl }) => ({ owner, types: typesOf(parse(sdl)) }));
  const ownerOf = createOwnerOf(input);
  return typesOf(document).flatMap((type) => {
    // Keys that others have: a key of one's own making would be a way to add any field.
    const keys = new Set(
      foreign.flatMap(({ types }) =>
        types.filter(({ name }) => name === type.name).flatMap((one) => [...keyFieldsOf(one)]),
      ),
    );
    const owner = rootTypes.has(type.name) ? undefined : ownerOf(type.name);
    return type.fields.flatMap((field): readonly Finding[] => {
      const name = field.name.value;
      if (has(field, "external")) return [];
      const theirs = theirsOf(foreign, type.name, name);
      if (theirs.length > 0) return checkField(input, type, field, theirs, keys.has(name));
      if (owner === undefined || owner === subgraph.owner) return [];
      if (hasConsent(input, owner, type.name, name)) return [];
      const place = `${type.name}.${name}`;
      const message = `${place} adds to a type of ${owner}.`;
      return [finding("OWNERSHIP_EXTENDS", place, message, askFor(input, owner, place))];
    });
  });
};
