import { describe, expect, test } from "vitest";
import { hmac, signatureBase } from "../../platform/http-signature.ts";
import { deriveSubgraphKey, signRequest, verifyRequest } from "../../platform/http-signature.ts";

const key = deriveSubgraphKey("master", "payments");
const parts = {
  method: "POST",
  path: "/graphql",
  body: '{"query":"{ me { id } }"}',
  principal: "eyJraW5kIjoicGVyc29uIn0",
  requestId: "req-1",
};
const options = { key, nowSeconds: 1_000, toleranceSeconds: 30 };
const signed = signRequest(parts, key, "payments", 1_000);

describe("signed requests", () => {
  test("the HMAC example of RFC 9421, appendix B.2.5, gives the same signature", () => {
    const sharedSecret = Buffer.from(
      "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
      "base64",
    );
    const parameters =
      '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
    const base = signatureBase(
      [
        ["date", "Tue, 20 Apr 2021 02:07:55 GMT"],
        ["@authority", "example.com"],
        ["content-type", "application/json"],
      ],
      parameters,
    );
    expect(hmac(sharedSecret, base).toString("base64")).toBe(
      "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
    );
  });

  test("what was signed verifies", () => {
    expect(verifyRequest(parts, signed, options)).toEqual({ ok: true });
  });

  test.each([
    ["another method", { ...parts, method: "GET" }],
    ["another path", { ...parts, path: "/other" }],
    ["another body", { ...parts, body: parts.body.replace("id", "name") }],
    ["another principal", { ...parts, principal: "" }],
    ["another request id", { ...parts, requestId: "req-2" }],
  ])("%s is refused", (_what, changed) => {
    expect(verifyRequest(changed, signed, options).ok).toBe(false);
  });

  test("a changed body is refused even when its digest was changed with it", () => {
    const body = "{}";
    const digest = signRequest({ ...parts, body }, key, "payments", 1_000)["content-digest"];
    const forged = { ...signed, "content-digest": digest };
    expect(verifyRequest({ ...parts, body }, forged, options)).toEqual({
      ok: false,
      reason: "the signature is wrong",
    });
  });

  test("another subgraph's key does not open this one", () => {
    const other = signRequest(parts, deriveSubgraphKey("master", "health"), "payments", 1_000);
    expect(verifyRequest(parts, other, options).ok).toBe(false);
  });

  test("a signature is of no use after its time, nor before it", () => {
    expect(verifyRequest(parts, signed, { ...options, nowSeconds: 1_031 }).ok).toBe(false);
    expect(verifyRequest(parts, signed, { ...options, nowSeconds: 969 }).ok).toBe(false);
    expect(verifyRequest(parts, signed, { ...options, nowSeconds: 1_030 }).ok).toBe(true);
  });

  test("a request without a signature, or with rubbish for one, is refused with a reason", () => {
    expect(verifyRequest(parts, {}, options)).toEqual({
      ok: false,
      reason: "the request is not signed",
    });
    const rubbish = { ...signed, "signature-input": "gateway=();created=1", signature: "x" };
    expect(verifyRequest(parts, rubbish, options).ok).toBe(false);
  });

  test("a signature that covers fewer parts is refused", () => {
    const fewer = {
      ...signed,
      "signature-input": signed["signature-input"].replace(' "@path"', ""),
    };
    expect(verifyRequest(parts, fewer, options)).toEqual({
      ok: false,
      reason: "the signature covers other parts",
    });
  });
});
