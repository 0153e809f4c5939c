/**
 * A contract's supergraph: the whole one, in which what the rules hide is `@inaccessible`. Federation's own
 * rules then say whether what is left holds together; each fault names the element and how to mend it.
 */
import {
  errorCauses,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph,
} from "@apollo/federation-internals";
import { type ConstDirectiveNode, type DocumentNode, Kind, parse, print, visit } from "graphql";
import { type ContractRules, findHidden } from "./hidden.ts";

export type Contract = ContractRules & { readonly name: string };

export type ContractProblem = {
  /** `Type`, `Type.field` or what else the fault is at. */
  readonly place: string;
  readonly message: string;
  readonly mend: string;
};

export type ComposedContract =
  | { readonly kind: "composed"; readonly supergraph: string }
  | { readonly kind: "broken"; readonly problems: readonly ContractProblem[] };

const inaccessible: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: "inaccessible" },
};

/** What a supergraph needs that hides something; composition writes the same when a subgraph does. */
const link = parse(
  `extend schema @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)`,
);
const definition = parse(
  "directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION",
);

function withInaccessible(document: DocumentNode): DocumentNode {
  const isDefined = document.definitions.some(
    (one) => one.kind === Kind.DIRECTIVE_DEFINITION && one.name.value === "inaccessible",
  );
  if (isDefined) return document;
  const [extension] = link.definitions;
  const links = extension && "directives" in extension ? (extension.directives ?? []) : [];
  const definitions = document.definitions.map((one) =>
    one.kind === Kind.SCHEMA_DEFINITION
      ? { ...one, directives: [...(one.directives ?? []), ...(links as ConstDirectiveNode[])] }
      : one,
  );
  return { ...document, definitions: [...definitions, ...definition.definitions] };
}

type Named = { readonly name?: { readonly value: string } };
const nameOf = (node: unknown): string => (node as Named | undefined)?.name?.value ?? "";

/** Marks every element of `hidden`, by its coordinate. */
function hide(document: DocumentNode, hidden: ReadonlySet<string>): DocumentNode {
  return visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      if (!("name" in node) || !("directives" in node)) return undefined;
      const owners = ancestors.filter((one): one is never => !Array.isArray(one)).map(nameOf);
      const own = nameOf(node);
      const [, type, field] = owners;
      const coordinate =
        node.kind === Kind.INPUT_VALUE_DEFINITION && field !== undefined
          ? `${type}.${field}(${own}:)`
          : type === undefined
            ? own
            : `${type}.${own}`;
      if (!node.kind.endsWith("Definition") || !hidden.has(coordinate)) return undefined;
      const directives = (node.directives ?? []) as readonly ConstDirectiveNode[];
      return { ...node, directives: [...directives, inaccessible] } as typeof node;
    },
  });
}

/** By the code of federation's rule that is broken. */
const mends: Readonly<Record<string, string>> = {
  QUERY_ROOT_TYPE_INACCESSIBLE:
    "Leave at least one field of Query to the contract: take its tag away, or change the contract's tags.",
  ONLY_INACCESSIBLE_CHILDREN:
    "Give the type the tag as well, or leave one of its fields to the contract.",
  REFERENCED_INACCESSIBLE:
    "Give the field or argument that names it the same tag, or take the tag from the type.",
  REQUIRED_INACCESSIBLE:
    "A required argument or input field cannot be hidden: make it optional, or tag the whole field.",
  IMPLEMENTED_BY_INACCESSIBLE:
    "Give the interface's field the same tag, or leave the field of the object to the contract.",
  DEFAULT_VALUE_USES_INACCESSIBLE:
    "Choose a default that the contract shows, or tag the argument as well.",
};
const usualMend = "Change the tags at the place named, or the contract's own.";

/** @returns the coordinate that a message of federation's names first. */
const placeIn = (message: string): string =>
  /"([\w.]+(?:\(\w+:\))?)"/.exec(message)?.[1] ?? "Query";

/** @param supergraph The whole one, as composed. */
export function composeContract(supergraph: string, rules: ContractRules): ComposedContract {
  const document = parse(supergraph);
  const hidden = findHidden(document, rules);
  if (hidden.size === 0) return { kind: "composed", supergraph };
  if (hidden.has("Query")) {
    const message = "No field of Query is left: the contract's graph would answer nothing.";
    const mend = mends["QUERY_ROOT_TYPE_INACCESSIBLE"] ?? usualMend;
    return { kind: "broken", problems: [{ place: "Query", message, mend }] };
  }
  const text = print(hide(withInaccessible(document), hidden));
  try {
    const supportedFeatures = ROUTER_SUPPORTED_SUPERGRAPH_FEATURES;
    Supergraph.build(text, { supportedFeatures }).apiSchema();
    return { kind: "composed", supergraph: text };
  } catch (error) {
    const causes = errorCauses(error as Error);
    if (!causes) throw error;
    const problems = causes.map(({ message, extensions }) => ({
      place: placeIn(message),
      message,
      mend: mends[String(extensions["code"])] ?? usualMend,
    }));
    return { kind: "broken", problems };
  }
}
