import fc from "fast-check";
import { getNamedType, isObjectType, parse, print, validate, type DocumentNode } from "graphql";
import { expect, it } from "vitest";
import { createAuthorizer } from "../../../gateway/operation/authorize.ts";
import { readAccessRules } from "../../../gateway/operation/access-rules.ts";
import { mayResolve, run, schema, supergraph, type Who } from "./protected-world.ts";
import { almighty, documents, principals, seeds } from "./random-operations.ts";

const authorize = createAuthorizer(schema, readAccessRules(supergraph));

/** What a caller gets of a document, and which response paths are told to be forbidden. */
function serve(document: DocumentNode, who: Who, seed: number) {
  const verdict = authorize(document, "Q", who);
  const left = verdict.kind === "allowed" ? document : verdict.document;
  const forbidden = verdict.kind === "allowed" ? [] : verdict.forbidden;
  return {
    isFiltered: verdict.kind === "filtered",
    told: forbidden.map(({ path }) => path.map(({ key }) => key).join(".")),
    invalid: verdict.kind === "filtered" && left ? validate(schema, left) : [],
    ...(left ? run(left, who, seed) : { data: {}, leaks: [], errors: undefined }),
  };
}

/** Response keys that `part` lacks of `whole`, lists left out; "≠" after those that differ. */
function differences(part: unknown, whole: unknown, path = ""): readonly string[] {
  if (Array.isArray(whole) && Array.isArray(part) && part.length === whole.length)
    return whole.flatMap((item, index) => differences(part[index], item, path));
  if (typeof whole !== "object" || whole === null || typeof part !== "object" || part === null)
    return Object.is(part, whole) ? [] : [`${path}≠`];
  if (Array.isArray(whole) || Array.isArray(part)) return [`${path}≠`];
  return Object.entries(whole).flatMap(([key, value]) => {
    const here = path === "" ? key : `${path}.${key}`;
    if (!Object.hasOwn(part, key)) return [here];
    return differences((part as Record<string, unknown>)[key], value, here);
  });
}

it("no protected field is resolved without right, and what is left is valid", () => {
  let filtered = 0;
  fc.assert(
    fc.property(documents, principals, seeds, (document, who, seed) => {
      const { isFiltered, leaks, errors, invalid } = serve(document, who, seed);
      filtered += isFiltered ? 1 : 0;
      expect({ leaks, errors, invalid }).toEqual({ leaks: [], errors: undefined, invalid: [] });
    }),
    { numRuns: 1_500 },
  );
  // The property is about filtered operations: a good part must be.
  expect(filtered).toBeGreaterThan(400);
});

it("what is served is as if all were allowed, and what is missing is told", () => {
  fc.assert(
    fc.property(documents, principals, seeds, (document, who, seed) => {
      const { data, told } = serve(document, who, seed);
      const lost = differences(data, run(document, almighty, seed).data);
      const unexplained = lost.filter(
        (path) => !told.some((forbidden) => `${forbidden}.`.startsWith(`${path}.`)),
      );
      expect(unexplained).toEqual([]);
    }),
    { numRuns: 1_500 },
  );
});

it("nothing is forbidden that no rule forbids on some type that may turn up", () => {
  fc.assert(
    fc.property(documents, principals, (document, who) => {
      const verdict = authorize(document, "Q", who);
      const forbidden = verdict.kind === "allowed" ? [] : verdict.forbidden;
      const groundless = forbidden.filter(({ coordinate, path }) => {
        const [written = "", field = ""] = coordinate.split(".");
        return [written, ...(path.at(-1)?.on ?? [])].every((name) => {
          const type = schema.getType(name);
          const returns = isObjectType(type) ? type.getFields()[field]?.type : undefined;
          return mayResolve(who, name, field, returns ? getNamedType(returns).name : "");
        });
      });
      expect(groundless).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

it("what one caller is answered does not depend on who asked before", () => {
  fc.assert(
    fc.property(documents, fc.array(principals, { minLength: 2 }), seeds, (document, all, seed) => {
      const inTurn = all.map((who) => serve(document, who, seed));
      const alone = all.map((who) => serve(parse(print(document)), who, seed));
      expect(inTurn).toEqual(alone);
    }),
  );
});

it("more rights never show less", () => {
  fc.assert(
    fc.property(documents, principals, seeds, (document, who, seed) => {
      const nobody = serve(document, undefined, seed);
      const somebody = serve(document, who, seed);
      expect(differences(somebody.data, nobody.data)).toEqual([]);
    }),
  );
});

it("the random operations ask for protected places of every kind", () => {
  const text = fc
    .sample(documents, 300)
    .map((document) => print(document))
    .join("\n");
  for (const part of ["secret", "amount", "card", "grade", "stamps", "__typename", "on Person"])
    expect(text).toContain(part);
});
