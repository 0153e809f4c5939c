import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Authenticate,
  createAuthenticate,
  openJwks,
  refuseTokens,
} from "../../../gateway/identity/authenticate.ts";

const nowMs = Date.parse("2026-01-01T00:00:00Z");
const nowSeconds = nowMs / 1_000;
const issuer = "https://issuer.test";
const audience = "city-graph";

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let keys: Keys;
let stranger: Keys;
let authenticate: Authenticate;

beforeAll(async () => {
  keys = await generateKeyPair("ES256");
  stranger = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "ES256" };
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const { port } = server.address() as { port: number };
  const getKey = await openJwks(`http://127.0.0.1:${port}/jwks.json`);
  authenticate = createAuthenticate({
    getKey,
    issuer,
    audience,
    algorithms: ["ES256"],
    clock: () => nowMs,
  });
});

const claims = { sub: "person-amal", kind: "person", scope: "a b", policies: ["p"] };

const sign = (
  payload: JWTPayload,
  {
    key = keys.privateKey,
    kid = "one",
    expires = nowSeconds + 60,
    iss = issuer,
    aud = audience,
  } = {},
) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: "ES256", kid })
    .setIssuer(iss)
    .setAudience(aud)
    .setExpirationTime(expires)
    .sign(key);

const bearer = async (...given: Parameters<typeof sign>) =>
  authenticate(`Bearer ${await sign(...given)}`);

describe("a bearer token", () => {
  test("that is good gives its principal", async () => {
    expect(await bearer(claims)).toEqual({
      ok: true,
      principal: { kind: "person", id: "person-amal", scopes: ["a", "b"], policies: ["p"] },
    });
    expect(await bearer({ sub: "agency-dewa", kind: "agency", agency: "dewa" })).toEqual({
      ok: true,
      principal: { kind: "agency", id: "agency-dewa", agencyId: "dewa", scopes: [], policies: [] },
    });
  });

  test("may be left out: then nobody is signed in", async () => {
    expect(await authenticate(undefined)).toEqual({ ok: true, principal: undefined });
  });

  test("that has expired is refused with the advice to get a new one", async () => {
    expect(await bearer(claims, { expires: nowSeconds - 10 })).toEqual({
      ok: false,
      message: "The token has expired: get a new one.",
    });
  });

  test("of another issuer, or for another audience, is refused naming the claim", async () => {
    expect(await bearer(claims, { iss: "https://other.test" })).toMatchObject({
      ok: false,
      message: expect.stringContaining('"iss"'),
    });
    expect(await bearer(claims, { aud: "other" })).toMatchObject({
      ok: false,
      message: expect.stringContaining('"aud"'),
    });
  });

  test("signed by somebody else, or with an unknown key, is refused", async () => {
    const message = "The token was not signed by this city's issuer.";
    expect(await bearer(claims, { key: stranger.privateKey })).toEqual({ ok: false, message });
    expect(await bearer(claims, { key: stranger.privateKey, kid: "two" })).toEqual({
      ok: false,
      message,
    });
  });

  test("without a signature, or signed by a shared secret, is refused", async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const payload = part({ ...claims, iss: issuer, aud: audience, exp: nowSeconds + 60 });
    expect((await authenticate(`Bearer ${part({ alg: "none" })}.${payload}.`)).ok).toBe(false);
    const secret = new TextEncoder().encode("the public key is no secret at all");
    const hs256 = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: "one" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(nowSeconds + 60)
      .sign(secret);
    expect(await authenticate(`Bearer ${hs256}`)).toEqual({
      ok: false,
      message: "The token's algorithm is not accepted here.",
    });
  });

  test("without the claims that make a principal is refused naming them", async () => {
    expect(await bearer({ sub: "x" })).toMatchObject({
      ok: false,
      message: expect.stringContaining("`kind`"),
    });
    expect(await bearer({ kind: "person" })).toMatchObject({
      ok: false,
      message: expect.stringContaining('"sub"'),
    });
    expect((await bearer({ ...claims, kind: "king" })).ok).toBe(false);
  });

  test.each(["Basic dXNlcjpwYXNz", "Bearer", "Bearer a b", "rubbish", "Bearer x.y.z"])(
    "that reads %j is refused, not ignored",
    async (header) => {
      expect((await authenticate(header)).ok).toBe(false);
    },
  );

  test("is refused by a gateway that has no issuer, where nobody can be signed in", async () => {
    expect(await refuseTokens(undefined)).toEqual({ ok: true, principal: undefined });
    expect((await refuseTokens(`Bearer ${await sign(claims)}`)).ok).toBe(false);
  });

  test("cannot be judged when the issuer's keys cannot be had: that is our fault, not the token's", async () => {
    const getKey = await openJwks("http://127.0.0.1:1/jwks.json");
    const lost = createAuthenticate({
      getKey,
      issuer,
      audience,
      algorithms: ["ES256"],
      clock: () => nowMs,
    });
    await expect(lost(`Bearer ${await sign(claims)}`)).rejects.toThrow();
  });
});
