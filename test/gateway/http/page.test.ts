/** docs/graphql-over-http.md is true: each row of its tables is tried, and none is untried. */
import { readFileSync } from "node:fs";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { httpDefaults } from "../../../gateway/http/server.ts";
import { fromRoot } from "../../../platform/root.ts";
import { type Answer, executePlain, startPlainServer } from "./plain-server.ts";

const page = readFileSync(fromRoot("docs/graphql-over-http.md"), "utf8");

/** Rows of the table whose first heading is given, cells without backticks. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

type Trial = {
  readonly method?: "GET" | "POST" | "PUT";
  readonly search?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

const trials: Readonly<Record<string, Trial>> = {
  "the operation ran": { body: { query: "{ hello }" } },
  "the operation ran and some fields failed": { body: { query: "{ hello fail }" } },
  "the operation ran and data is null": { body: { query: "{ must }" } },
  "the document has a syntax error": { body: { query: "{" } },
  "the document does not fit the schema": { body: { query: "{ unknown }" } },
  "a variable has a wrong value": {
    body: { query: "query ($n: Int!) { long(length: $n) }", variables: { n: "many" } },
  },
  "a mutation by GET": { method: "GET", search: "?query=mutation%7Bchange%7D" },
  "the executor wants somebody signed in": { body: { query: "{ hello }", operationName: "Mine" } },
  "the token is refused": {
    headers: { authorization: "Bearer expired" },
    body: { query: "{ hello }" },
  },
  "another site's page may have sent it": {
    method: "GET",
    search: "?query=%7Bhello%7D",
    headers: { "sec-fetch-site": "cross-site" },
  },
  "the body is not JSON": { body: "{ query" },
  "the body is a batch": { body: [{ query: "{ hello }" }] },
  "there is no query": { body: {} },
  "a parameter has the wrong type": { body: { query: "{ hello }", variables: [] } },
  "the body is too large": { body: { query: "{ hello }", variables: { x: "x".repeat(2_000) } } },
  "the content type of a POST is another": {
    headers: { "content-type": "text/plain" },
    body: { query: "{ hello }" },
  },
  "the method is neither GET nor POST": { method: "PUT", body: {} },
  "the answer took too long": { body: { query: "{ hello }", operationName: "Slow" } },
  "the gateway failed": { body: { query: "{ hello }", operationName: "Broken" } },
};

const startServer = () =>
  startPlainServer(
    {
      authenticate: async (header) =>
        header ? { ok: false, message: "Expired." } : { ok: true, principal: undefined },
      execute: async (given, context, http) => {
        if (given.operationName === "Slow") return new Promise(() => {});
        if (given.operationName === "Broken") throw new Error("broken");
        if (given.operationName !== "Mine") return executePlain(given, context, http);
        const errorCodes = ["UNAUTHENTICATED"];
        const body = JSON.stringify({
          errors: [{ message: "", extensions: { code: errorCodes[0] } }],
        });
        return { body, hasData: false, httpStatus: 401, outcome: "refused", errorCodes };
      },
    },
    { maxBodyBytes: 1_000, requestTimeoutMs: 100 },
  );

const mediaTypes = ["application/json", "application/graphql-response+json"] as const;

describe("docs/graphql-over-http.md", () => {
  it("tells the status and the code of every situation in both media types", async () => {
    await using server = await startServer();
    const found: string[][] = [];
    for (const [situation = ""] of tableOf("situation")) {
      const trial = trials[situation] ?? {};
      const statuses: string[] = [];
      let code = "";
      for (const accept of mediaTypes) {
        const { method = "POST", search = "", body } = trial;
        const response = await request(`${server.url}${search}`, {
          method,
          headers: {
            accept,
            ...(method === "GET" ? {} : { "content-type": "application/json" }),
            ...trial.headers,
          },
          ...(body === undefined
            ? {}
            : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        });
        const answer = (await response.body.json()) as Answer;
        expect(response.headers["content-type"]).toBe(`${accept}; charset=utf-8`);
        statuses.push(String(response.statusCode));
        if (!("data" in answer)) code = answer.errors?.[0].extensions.code;
      }
      found.push([situation, ...statuses, code]);
    }
    expect(found).toEqual(tableOf("situation"));
  });

  it("has a row for every situation that is tried", () => {
    const rows = tableOf("situation").map(([situation]) => situation);
    expect(new Set(rows)).toEqual(new Set(Object.keys(trials)));
  });

  it("lists every limit with its default", () => {
    const numbers = Object.entries(httpDefaults).filter(([, value]) => typeof value === "number");
    const listed = tableOf("option").map(([option, value]) => [option, Number(value)]);
    expect(new Map(listed as [string, number][])).toEqual(new Map(numbers as [string, number][]));
  });
});
