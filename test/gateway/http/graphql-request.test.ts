import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestFromBody, requestFromQueryString } from "../../../gateway/http/graphql-request.ts";
import { Refusal } from "../../../gateway/http/refusal.ts";

const messageOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal && error.code === "BAD_REQUEST") return error.message;
    throw error;
  }
  return "accepted";
};

const map = fc.dictionary(fc.string(), fc.jsonValue());
const anyRequest = fc.record(
  {
    query: fc.string({ minLength: 1 }),
    operationName: fc.string({ minLength: 1 }),
    variables: map,
    extensions: map,
  },
  { requiredKeys: ["query"] },
);

describe("a request", () => {
  it("is the same from a body and from a URL", () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const search = new URLSearchParams({ query: request.query });
        if (request.operationName) search.set("operationName", request.operationName);
        if (request.variables) search.set("variables", JSON.stringify(request.variables));
        if (request.extensions) search.set("extensions", JSON.stringify(request.extensions));
        const fromUrl = requestFromQueryString(search.toString());
        expect(fromUrl).toEqual(requestFromBody(JSON.stringify(request)));
        expect(JSON.stringify(fromUrl.variables)).toBe(JSON.stringify(request.variables));
      }),
    );
  });

  it("has no entry for a parameter that is null or absent", () => {
    const body = { query: "{ a }", operationName: null, variables: null, extensions: null };
    expect(requestFromBody(JSON.stringify(body))).toEqual({ query: "{ a }" });
    expect(
      requestFromQueryString("query=%7Ba%7D&variables=&operationName=&extensions=null"),
    ).toEqual({ query: "{a}" });
  });

  it("may leave out the query when it names a persisted one", () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: "ab" } };
    expect(requestFromBody(JSON.stringify({ extensions }))).toEqual({ extensions });
  });

  it("keeps parameters that are not GraphQL's out", () => {
    expect(requestFromBody('{"query":"{a}","__proto__":{"x":1},"id":7}')).toEqual({ query: "{a}" });
  });
});

describe("a body that is not a request", () => {
  it.each([
    ["", 'The request body is empty: send a JSON object with the parameter "query".'],
    ["  \n", 'The request body is empty: send a JSON object with the parameter "query".'],
    ['{"query": oops}', "The request body is not valid JSON: it goes wrong at line 1, column 11."],
    [
      '[{"query":"{a}"}]',
      "The request body is a batch (a JSON array): send each operation as its own request.",
    ],
    ["null", 'The request body must be a JSON object with the parameter "query".'],
    ['"text"', 'The request body must be a JSON object with the parameter "query".'],
    ["{}", 'The parameter "query" is missing: send the text of a GraphQL document in it.'],
    [
      '{"query":""}',
      'The parameter "query" is missing: send the text of a GraphQL document in it.',
    ],
    ['{"query":{}}', 'The parameter "query" must be a string, not an object.'],
    [
      '{"query":"{a}","operationName":7}',
      'The parameter "operationName" must be a string, not a number.',
    ],
    [
      '{"query":"{a}","variables":"{}"}',
      'The parameter "variables" must be an object, not a string.',
    ],
    [
      '{"query":"{a}","variables":[]}',
      'The parameter "variables" must be an object, not an array.',
    ],
    [
      '{"query":"{a}","extensions":true}',
      'The parameter "extensions" must be an object, not a boolean.',
    ],
  ])("is refused: %s", (body, message) => {
    expect(messageOf(() => requestFromBody(body))).toBe(message);
  });

  it("is never quoted back", () => {
    const secret = "p4ssw0rd";
    for (const body of [`{"query": ${secret}}`, secret, `{"query": "${secret}`, `["${secret}"]`]) {
      expect(messageOf(() => requestFromBody(body))).not.toContain(secret);
    }
  });
});

describe("a URL that is not a request", () => {
  it.each([
    ["", 'The parameter "query" is missing: send the text of a GraphQL document in it.'],
    ["query=%FF", "The URL's query string is not percent-encoded UTF-8."],
    ["query=%7Ba%7D&query=%7Bb%7D", 'The URL has the parameter "query" more than once.'],
    [
      "query=%7Ba%7D&variables=%7Ba",
      `The URL's parameter "variables" is not valid JSON: it goes wrong at line 1, column 2.`,
    ],
    [
      "query=%7Ba%7D&variables=%5B%5D",
      'The parameter "variables" must be an object, not an array.',
    ],
    ["query=%7Ba%7D&extensions=1", 'The parameter "extensions" must be an object, not a number.'],
  ])("is refused: %s", (search, message) => {
    expect(messageOf(() => requestFromQueryString(search))).toBe(message);
  });
});
