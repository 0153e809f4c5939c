/**
 * What a rule on an interface means for the types that implement it.
 *
 * Composition (2.12.1 and later) refuses rules written on interfaces and instead derives them: an
 * interface gets the sum of the rules of its implementing types. Kept as they are, they would
 * forbid `node { ... on Bill { id } }` because some other node is protected. The authorizer judges
 * every possible type by itself, more exactly, so a derived rule is dropped here.
 * A rule that says more than the implementing types was written by hand and composed by an older
 * version, where a fragment on an implementing type went round it (advisory GHSA-mx7m-j9xf-62hw).
 * It stays, and every implementing type inherits it.
 */
import { Kind, type DefinitionNode } from "graphql";
import type { AccessRules } from "./access-rules.ts";
import type { Rule } from "./rule.ts";

type Alternatives = readonly (readonly string[])[];

const holds = (all: readonly string[], part: readonly string[]): boolean =>
  part.every((name) => all.includes(name));

/** Both of two lists of alternatives, without those that ask for more than another one does. */
function both(left: Alternatives, right: Alternatives): Alternatives {
  const joined = left.flatMap((a) => right.map((b) => [...new Set([...a, ...b])].sort()));
  const distinct = [...new Map(joined.map((all) => [JSON.stringify(all), all])).values()];
  return distinct.filter((all) => !distinct.some((less) => less !== all && holds(all, less)));
}

/** Whether everybody who meets all of `rules` meets `rule` as well. */
function isImplied(rule: Rule, rules: readonly Rule[]): boolean {
  if (rule.kind === "authenticated") return rules.length > 0;
  const same = rules.flatMap((other) => (other.kind === rule.kind ? [other.anyOf] : []));
  return (
    same.length > 0 && same.reduce(both).every((all) => rule.anyOf.some((less) => holds(all, less)))
  );
}

/** Interface name → names of the object types that implement it. */
function implementersIn(definitions: readonly DefinitionNode[]): Map<string, string[]> {
  const implementers = new Map<string, string[]>();
  for (const definition of definitions) {
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.OBJECT_TYPE_EXTENSION
    )
      continue;
    for (const { name } of definition.interfaces ?? [])
      implementers.set(name.value, [
        ...(implementers.get(name.value) ?? []),
        definition.name.value,
      ]);
  }
  return implementers;
}

/** Of an interface's rules, those that its implementers' rules do not already amount to. */
const writtenByHand = (
  own: readonly Rule[] | undefined,
  implementers: readonly (readonly Rule[] | undefined)[],
): readonly Rule[] => {
  const theirs = implementers.flatMap((rules) => rules ?? []);
  return (own ?? []).filter((rule) => !isImplied(rule, theirs));
};

/** Replaces the rules of an interface (or of its field) and adds what is left to its heirs'. */
function spread(
  into: Map<string, readonly Rule[]>,
  from: ReadonlyMap<string, readonly Rule[]>,
  place: string,
  heirs: readonly string[],
): void {
  const left = writtenByHand(
    from.get(place),
    heirs.map((heir) => from.get(heir)),
  );
  into.delete(place);
  if (left.length === 0) return;
  for (const heir of [place, ...heirs])
    into.set(heir, [...new Set([...(into.get(heir) ?? []), ...left])]);
}

export function spreadInterfaceRules(
  read: AccessRules,
  definitions: readonly DefinitionNode[],
): AccessRules {
  const types = new Map(read.types);
  const fields = new Map(read.fields);
  const implementers = implementersIn(definitions);
  for (const definition of definitions) {
    if (
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_EXTENSION
    )
      continue;
    const name = definition.name.value;
    const objects = implementers.get(name) ?? [];
    spread(types, read.types, name, objects);
    for (const field of definition.fields ?? []) {
      const coordinate = `${name}.${field.name.value}`;
      const heirs = objects.map((object) => `${object}.${field.name.value}`);
      spread(fields, read.fields, coordinate, heirs);
    }
  }
  return { types, fields };
}
