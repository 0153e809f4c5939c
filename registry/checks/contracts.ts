/**
 * What a new supergraph does to the contracts made of it: each must hold together, and must not take from
 * its clients what they use. A change that everybody sees is told once, by the check of the whole graph.
 */
import type { DocumentNode } from "graphql";
import { type Contract, composeContract } from "../contracts/compose-contract.ts";
import { tagsOf, typesOf } from "../contracts/document.ts";
import { type Finding, finding } from "../findings.ts";
import { findBreaking } from "./breaking.ts";
import type { ContractViews, Usage } from "./input.ts";

export type ComposedContracts = {
  /** Supergraphs by contract, of those that hold together. */
  readonly supergraphs: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
};

export function composeContracts(
  supergraph: string,
  contracts: readonly Contract[],
): ComposedContracts {
  const supergraphs = new Map<string, string>();
  const findings = contracts.flatMap((contract): Finding[] => {
    const composed = composeContract(supergraph, contract);
    if (composed.kind === "broken")
      return composed.problems.map(({ place, message, mend }) =>
        finding("CONTRACT_BROKEN", place, `In the contract ${contract.name}: ${message}`, mend),
      );
    supergraphs.set(contract.name, composed.supergraph);
    return [];
  });
  return { supergraphs, findings };
}

/** @param known What the check of the whole graph has found. */
export async function checkContractClients(
  { contract: { name }, live, next }: ContractViews,
  usage: Usage,
  known: readonly Finding[],
): Promise<readonly Finding[]> {
  if (!live) return [];
  const changes = known.filter(({ code }) => code.startsWith("BREAKING_CHANGE"));
  const told = new Set(changes.map(({ place }) => place));
  const fields = usage.fields.filter(({ variant }) => variant === name);
  const found = await findBreaking(live, next, { ...usage, fields });
  return found
    .filter(({ place }) => !told.has(place))
    .map((one) => ({ ...one, message: `In the contract ${name}: ${one.message}` }));
}

/** A misspelt tag hides nothing: what it was to hide would be public. */
export function checkTags(
  document: DocumentNode,
  contracts: readonly Contract[],
): readonly Finding[] {
  const known = new Set(contracts.flatMap(({ include, exclude }) => [...include, ...exclude]));
  const found: Finding[] = [];
  const note = (place: string, node: Parameters<typeof tagsOf>[0]) => {
    for (const tag of tagsOf(node))
      if (!known.has(tag))
        found.push(
          finding(
            "CONTRACT_TAG_UNKNOWN",
            place,
            `${place} has the tag "${tag}", which no contract includes or excludes; they know: ${[...known].join(", ") || "none"}.`,
            "Spell it as the contract does, or ask the city's operator for a contract with it.",
          ),
        );
  };
  for (const type of typesOf(document)) {
    const name = type.name.value;
    note(name, type);
    const parts = "fields" in type ? type.fields : "values" in type ? type.values : [];
    for (const part of parts ?? []) {
      note(`${name}.${part.name.value}`, part);
      if ("arguments" in part)
        for (const argument of part.arguments ?? [])
          note(`${name}.${part.name.value}(${argument.name.value}:)`, argument);
    }
  }
  return found;
}
