import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseCoding } from "../../../gateway/http/compress.ts";
import { negotiate, statusOf } from "../../../gateway/http/negotiate.ts";

const json = "application/json";
const response = "application/graphql-response+json";

describe("the media type of an answer", () => {
  it.each([
    [undefined, json],
    ["", json],
    ["*/*", json],
    ["application/*", json],
    [json, json],
    [response, response],
    ["APPLICATION/GraphQL-Response+JSON", response],
    [`${json}, ${response}`, response],
    [`${response}, ${json};q=0.9`, response],
    [`${response};q=0.5, ${json}`, json],
    [`${response}, */*`, response],
    [`${json};q=0.1, */*;q=0.9`, response],
    [`${json};q=0, */*`, response],
    ["text/html, application/xhtml+xml, */*;q=0.8", json],
    [`${json}; charset=utf-8`, json],
    [`${json}; charset=utf-16`, undefined],
    ["text/html", undefined],
    ["*/*;q=0", undefined],
    [`${json};q=nonsense`, undefined],
    [`multipart/mixed;deferSpec=20220824, ${response}, ${json};q=0.9`, response],
  ])("for accept %j is %s", (accept, expected) => {
    expect(negotiate(accept)).toBe(expected);
  });

  it("is always the one with the higher weight", () => {
    const weight = fc.nat({ max: 1_000 }).map((thousandths) => thousandths / 1_000);
    fc.assert(
      fc.property(weight, weight, fc.boolean(), (jsonWeight, responseWeight, swap) => {
        const ranges = [`${json};q=${jsonWeight}`, `${response};q=${responseWeight}`];
        const chosen = negotiate((swap ? ranges.toReversed() : ranges).join(","));
        const heavier = jsonWeight > responseWeight ? json : response;
        expect(chosen).toBe(jsonWeight + responseWeight === 0 ? undefined : heavier);
      }),
    );
  });

  it("is found for any header at all without failing", () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect([json, response, undefined]).toContain(negotiate(accept));
      }),
    );
  });
});

describe("the status of an answer", () => {
  it("is 200 whenever there is data", () => {
    for (const type of [json, response] as const) {
      expect(statusOf({ hasData: true, httpStatus: 200 }, type)).toBe(200);
    }
  });

  it("is 200 for a document at fault in application/json only", () => {
    expect(statusOf({ hasData: false, httpStatus: 400 }, json)).toBe(200);
    expect(statusOf({ hasData: false, httpStatus: 400 }, response)).toBe(400);
  });

  it.each([401, 403, 405, 500, 503])(
    "stays %i in both when it is no fault of the document",
    (httpStatus) => {
      expect(statusOf({ hasData: false, httpStatus }, json)).toBe(httpStatus);
      expect(statusOf({ hasData: false, httpStatus }, response)).toBe(httpStatus);
    },
  );
});

describe("the compression of an answer", () => {
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "zstd"],
    ["gzip, deflate, br", "br"],
    ["gzip;q=1, br;q=0.5", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["*", "zstd"],
    ["*, zstd;q=0", "br"],
    ["identity, gzip;q=0.5", undefined],
    ["deflate", undefined],
  ])("for accept-encoding %j is %s", (header, expected) => {
    expect(chooseCoding(header)).toBe(expected);
  });
});
