/** The page that partners read lists every check with the very rule that the report prints. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { checks } from "../../conformance/checks.ts";
import { fromRoot } from "../../platform/root.ts";

test("docs/conformance.md has every check with its rule, in order, and no other", async () => {
  const page = await readFile(fromRoot("docs/conformance.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)]
    .map(([, name, rule]) => ({ name, rule }))
    .filter(({ name }) => !name?.startsWith("-"));
  expect(listed).toEqual(checks.map(({ name, rule }) => ({ name, rule })));
});
