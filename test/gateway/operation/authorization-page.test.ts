import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromRoot } from "../../../platform/root.ts";
import { authorizerOf, compose, principal } from "./composed.ts";
import { left, refuse, run } from "./protected-city.ts";

const page = readFileSync(fromRoot("docs/authorization.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(
    ([, text]) => text ?? "",
  );

describe("docs/authorization.md", () => {
  it("its example of interfaces behaves as it says", () => {
    const [schema = "", forbidden = "", allowed = ""] = blocks("graphql");
    const authorize = authorizerOf(compose(schema));
    expect(left(authorize(forbidden, principal()))).toBeUndefined();
    expect(left(authorize(allowed, principal()))).toBe("allowed");
    expect(left(authorize(forbidden, principal({ scopes: ["court"] })))).toBe("allowed");
  });

  it("its errors are those that are made", () => {
    const [nulled = "", refused = ""] = blocks("json");
    const verdict = run("{ agency { id bills { id } } }", principal());
    const forbidden = verdict.kind === "filtered" ? verdict.forbidden : [];
    const { errors } = JSON.parse(nulled);
    expect(
      forbidden.map(({ message, code, coordinate, path }) => ({
        message,
        path: path.map(({ key }) => key),
        extensions: { code, coordinate },
      })),
    ).toEqual(errors);
    const error = refuse("{ agency { bills { id } } me { card } }", {}, principal());
    expect({ errors: [error?.toJSON()] }).toEqual(JSON.parse(refused));
  });
});
