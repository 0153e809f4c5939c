/**
 * Ownership: whoever publishes a type first owns it while they define it. Others may point at its
 * entities and repeat its value types; to add to it, or to answer for it, they need the owner's
 * recorded consent, for the type or for one field.
 */
import type { Problem } from "./problem.ts";
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
  /** Agency by type, as recorded at earlier publications. */
  readonly owners: ReadonlyMap<string, string>;
  readonly consents: readonly Consent[];
};

export type OwnershipResult = {
  readonly problems: readonly Problem[];
  /** Types that become somebody's when this is published. */
  readonly claims: ReadonlyMap<string, string>;
};

/** Owners who define their type still; then, in the order of publication, who defines one that is free. */
function currentOwners({ members, published, owners }: OwnershipInput) {
  const current = new Map<string, string>();
  const claims = new Map<string, string>();
  for (const { agency, types } of members)
    for (const type of types.keys()) if (owners.get(type) === agency) current.set(type, agency);
  for (const { subgraph, agency, types } of members) {
    if (!published.has(subgraph)) continue;
    for (const [type, { isReference }] of types) {
      if (rootTypes.has(type) || isReference || current.has(type)) continue;
      current.set(type, agency);
      claims.set(type, agency);
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

export function checkOwnership(input: OwnershipInput): OwnershipResult {
  const { members, published, consents } = input;
  const { current, claims } = currentOwners(input);
  const given = new Set(
    consents.map((one) => JSON.stringify([one.ownerAgency, one.subject, one.partnerAgency])),
  );
  const problems: Problem[] = [];

  for (const { subgraph, agency, types } of members) {
    if (!published.has(subgraph)) continue;
    const may = (owner: string, type: string, part: string): boolean =>
      owner === agency ||
      [type, `${type}.${part}`].some((subject) =>
        given.has(JSON.stringify([owner, subject, agency])),
      );
    const tell = (
      code: string,
      type: string,
      part: TypePart,
      what: string,
      owner: string,
    ): void => {
      const place = `[${subgraph}] ${type}.${part.name} at ${part.line}:${part.column}`;
      const mend = `Take it out, or ask "${owner}" to record its consent: POST /consents {"ownerAgency":"${owner}","subject":"${type}.${part.name}","partnerAgency":"${agency}"}`;
      problems.push({
        check: "ownership",
        code,
        subgraphs: [subgraph],
        message: `${place}: ${what} ${mend}`,
      });
    };

    for (const [type, { kind, parts }] of types) {
      for (const part of parts) {
        const from = members.find((member) => member.subgraph === part.overrides);
        if (from && !may(from.agency, type, part.name))
          tell(
            "OVERRIDES_FOREIGN_FIELD",
            type,
            part,
            `@override takes the field from "${from.subgraph}" of ${from.agency}.`,
            from.agency,
          );
      }
      if (rootTypes.has(type)) {
        for (const part of parts) {
          const other = members.find(
            (one) =>
              one.agency !== agency &&
              one.subgraph !== part.overrides &&
              one.types.get(type)?.parts.some(({ name }) => name === part.name),
          );
          if (
            other &&
            !may(other.agency, type, part.name) &&
            !claimedFirst(members, published, subgraph, other.subgraph)
          )
            tell(
              "ANSWERS_FOR_FOREIGN_TYPE",
              type,
              part,
              `"${other.subgraph}" of ${other.agency} answers this field already.`,
              other.agency,
            );
        }
        continue;
      }
      const owner = current.get(type);
      if (owner === undefined || owner === agency) continue;
      const { names, keyFields } = partsOf(members, owner, type);
      const isEntity = keyFields.size > 0;
      for (const part of parts) {
        if (part.isExternal || keyFields.has(part.name) || may(owner, type, part.name)) continue;
        // Judged above, against the one it takes the field from.
        const from = members.find((member) => member.subgraph === part.overrides);
        if (from && from.agency !== agency) continue;
        if (!names.has(part.name))
          tell(
            "EXTENDS_FOREIGN_TYPE",
            type,
            part,
            `${type} belongs to ${owner}: this adds to it.`,
            owner,
          );
        else if (isEntity && kind === "fields")
          tell(
            "ANSWERS_FOR_FOREIGN_TYPE",
            type,
            part,
            `${type} belongs to ${owner}, who answers this field: declare it @external to use it.`,
            owner,
          );
      }
    }
  }
  return { problems, claims };
}

/** Of two that are published together and share a root field, the first has it. */
const claimedFirst = (
  members: readonly OwnedSubgraph[],
  published: ReadonlySet<string>,
  subgraph: string,
  other: string,
): boolean => {
  const positionOf = (name: string) => members.findIndex((member) => member.subgraph === name);
  return published.has(other) && positionOf(subgraph) < positionOf(other);
};
