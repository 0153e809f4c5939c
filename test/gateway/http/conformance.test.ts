/** The audits of the graphql-http package, all of them, against a real socket. */
import { auditServer } from "graphql-http";
import { describe, expect, it } from "vitest";
import { startPlainServer } from "./plain-server.ts";

/** Ids of audits that are not met; each must be argued in docs/graphql-over-http.md. */
const exceptions: readonly string[] = [];

describe("the GraphQL over HTTP specification", () => {
  it("is met in every audit, recommended and optional ones too", async () => {
    await using server = await startPlainServer();
    const results = await auditServer({ url: server.url });
    const unmet = results
      .filter(({ status }) => status !== "ok")
      .map((result) => `${result.id} ${result.name}: ${"reason" in result ? result.reason : ""}`);
    expect(unmet.filter((text) => !exceptions.includes(text.slice(0, 4)))).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(60);
  });
});
