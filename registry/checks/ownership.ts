/**
 * Ownership: whoever publishes a type first owns it while they define it. Others may point at its
 * entities and repeat its value types; to add to it, or to answer for it, they need the owner's
 * recorded consent, for the type or for one field.
 */
import type { OwnershipCode, Problem } from "./problem.ts";
import { rootTypes, type TypeFacts, type TypePart } from "./type-parts.ts";

/** A subgraph of the supergraph that would be. */
export type OwnedSubgraph = {
  readonly subgraph: string;
  readonly agency: string;
  readonly types: ReadonlyMap<string, TypeFacts>;
};

export type Consent = {
  readonly ownerAgency: string;
  /** `Bill` or `Bill.permit`. */
  readonly subject: string;
  readonly partnerAgency: string;
};

export type OwnershipInput = {
  /** All that would take part. */
  readonly members: readonly OwnedSubgraph[];
  /** Those of them that are being published: only they are judged. */
  readonly published: ReadonlySet<string>;
  /** Agency by type or root field (`Query.bill`), as recorded at earlier publications. */
  readonly owners: ReadonlyMap<string, string>;
  readonly consents: readonly Consent[];
};

export type OwnershipResult = {
  readonly problems: readonly Problem[];
  /** Types and root fields that become somebody's when this is published. */
  readonly claims: ReadonlyMap<string, string>;
};

/** What can be owned of what a subgraph defines: types, and of root types each field. */
const ownablesOf = ({ types }: OwnedSubgraph): readonly string[] =>
  [...types].flatMap(([type, { isReference, parts }]) => {
    if (rootTypes.has(type)) return parts.map(({ name }) => `${type}.${name}`);
    return isReference ? [] : [type];
  });

/** Owners who define it still; then, in the order of publication, who defines what is free. */
function currentOwners({ members, published, owners }: OwnershipInput) {
  const current = new Map<string, string>();
  const claims = new Map<string, string>();
  for (const member of members)
    for (const name of ownablesOf(member))
      if (owners.get(name) === member.agency) current.set(name, member.agency);
  for (const member of members) {
    if (!published.has(member.subgraph)) continue;
    for (const name of ownablesOf(member)) {
      if (current.has(name)) continue;
      current.set(name, member.agency);
      claims.set(name, member.agency);
    }
  }
  return { current, claims };
}

/** Everything that an agency's subgraphs say of a type. */
function partsOf(members: readonly OwnedSubgraph[], agency: string, type: string) {
  const facts = members.flatMap((member) =>
    member.agency === agency ? (member.types.get(type) ?? []) : [],
  );
  return {
    names: new Set(facts.flatMap(({ parts }) => parts.map(({ name }) => name))),
    keyFields: new Set(facts.flatMap(({ keyFields }) => [...keyFields])),
  };
}

type Finding = { readonly code: OwnershipCode; readonly what: string; readonly owner: string };

type Judgement = {
  readonly members: readonly OwnedSubgraph[];
  readonly current: ReadonlyMap<string, string>;
  /** Whether the agency that publishes may touch what is the owner's. */
  readonly may: (owner: string, type: string, part: string) => boolean;
};

/** One field, value or member of a type: the first thing that is not the agency's to do. */
function judgePart(
  type: string,
  { kind }: TypeFacts,
  part: TypePart,
  { members, current, may }: Judgement,
): Finding | undefined {
  const from = members.find(({ subgraph }) => subgraph === part.overrides);
  if (from && !may(from.agency, type, part.name)) {
    const what = `@override takes the field from "${from.subgraph}" of ${from.agency}.`;
    return { code: "OVERRIDES_FOREIGN_FIELD", what, owner: from.agency };
  }
  const isRoot = rootTypes.has(type);
  const owner = current.get(isRoot ? `${type}.${part.name}` : type);
  if (owner === undefined || may(owner, type, part.name)) return undefined;
  if (isRoot) {
    const what = `${owner} answers this field already.`;
    return { code: "ANSWERS_FOR_FOREIGN_TYPE", what, owner };
  }
  const { names, keyFields } = partsOf(members, owner, type);
  if (part.isExternal || keyFields.has(part.name)) return undefined;
  if (!names.has(part.name)) {
    const what = `${type} belongs to ${owner}: this adds to it.`;
    return { code: "EXTENDS_FOREIGN_TYPE", what, owner };
  }
  // A value type is the same whoever fills it; an entity's fields are its owner's to answer.
  if (keyFields.size === 0 || kind === "others") return undefined;
  const what = `${type} belongs to ${owner}, who answers this field: declare it @external to use it.`;
  return { code: "ANSWERS_FOR_FOREIGN_TYPE", what, owner };
}

export function checkOwnership(input: OwnershipInput): OwnershipResult {
  const { members, published, consents } = input;
  const { current, claims } = currentOwners(input);
  const keyOf = (owner: string, subject: string, partner: string): string =>
    JSON.stringify([owner, subject, partner]);
  const given = new Set(
    consents.map((one) => keyOf(one.ownerAgency, one.subject, one.partnerAgency)),
  );
  const judged = members.filter(({ subgraph }) => published.has(subgraph));
  const problems = judged.flatMap(({ subgraph, agency, types }) => {
    const may: Judgement["may"] = (owner, type, part) =>
      owner === agency ||
      [type, `${type}.${part}`].some((subject) => given.has(keyOf(owner, subject, agency)));
    const judgement = { members, current, may };
    return [...types].flatMap(([type, facts]) =>
      facts.parts.flatMap((part): Problem[] => {
        const finding = judgePart(type, facts, part, judgement);
        if (!finding) return [];
        const { code, what, owner } = finding;
        const subject = `${type}.${part.name}`;
        const place = `[${subgraph}] ${subject} at ${part.line}:${part.column}`;
        const consent = { ownerAgency: owner, subject, partnerAgency: agency };
        const mend = `Take it out, or ask "${owner}" to record its consent: POST /consents ${JSON.stringify(consent)}`;
        const message = `${place}: ${what} ${mend}`;
        return [{ check: "ownership", code, subgraphs: [subgraph], message }];
      }),
    );
  });
  return { problems, claims };
}
