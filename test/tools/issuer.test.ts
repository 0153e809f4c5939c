import { readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { createAuthenticate, openJwks } from "../../gateway/identity/authenticate.ts";
import { devAudience, devIssuer, openDevIssuer } from "../../tools/issuer.ts";
import type { Principal } from "../../platform/principal.ts";
import { tempFolder } from "../support/temp-folder.ts";

const clerk: Principal = {
  kind: "agency",
  id: "agency-dewa",
  agencyId: "dewa",
  scopes: ["billing:read", "other"],
  policies: ["night-shift"],
};

/** As the gateway does it. */
async function verify(jwksFile: string, token: string, nowMs = Date.now()) {
  const authenticate = createAuthenticate({
    getKey: await openJwks(jwksFile),
    issuer: devIssuer,
    audience: devAudience,
    algorithms: ["ES256"],
    clock: () => nowMs,
  });
  return authenticate(`Bearer ${token}`);
}

describe("the development issuer", () => {
  test("signs what the gateway verifies with its JWKS", async () => {
    await using home = await tempFolder();
    const { jwksFile, sign } = await openDevIssuer(home.path);
    expect(await verify(jwksFile, await sign(clerk, 60))).toEqual({ ok: true, principal: clerk });
  });

  test("signs tokens that end", async () => {
    await using home = await tempFolder();
    const { jwksFile, sign } = await openDevIssuer(home.path);
    const later = await verify(jwksFile, await sign(clerk, 60), Date.now() + 70_000);
    expect(later).toEqual({ ok: false, message: "The token has expired: get a new one." });
  });

  test("keeps its key, readable by its owner only, and publishes only the public half", async () => {
    await using home = await tempFolder();
    const first = await openDevIssuer(home.path);
    const token = await first.sign(clerk, 60);
    const second = await openDevIssuer(home.path);
    expect((await verify(second.jwksFile, token)).ok).toBe(true);
    expect((await stat(home.file("issuer/private.json"))).mode & 0o777).toBe(0o600);
    const jwks = await readFile(first.jwksFile, "utf8");
    expect(JSON.parse(jwks).keys[0]).toMatchObject({ kty: "EC", crv: "P-256", alg: "ES256" });
    expect(JSON.parse(jwks).keys[0]).not.toHaveProperty("d");
  });

  test("has one key when several processes are the first", async () => {
    await using home = await tempFolder();
    const issuers = await Promise.all(Array.from({ length: 8 }, () => openDevIssuer(home.path)));
    for (const { jwksFile, sign } of issuers) {
      expect((await verify(jwksFile, await sign(clerk, 60))).ok).toBe(true);
    }
  });

  test("publishes its key again when the JWKS was lost or is another key's", async () => {
    await using home = await tempFolder();
    const { jwksFile, sign } = await openDevIssuer(home.path);
    await writeFile(jwksFile, '{"keys":[]}');
    await openDevIssuer(home.path);
    expect((await verify(jwksFile, await sign(clerk, 60))).ok).toBe(true);
  });

  test.each(["", "{", "{}", '{"kty":"EC"}'])(
    "says what to do when its key file holds %j",
    async (text) => {
      await using home = await tempFolder({ "issuer/private.json": text });
      await expect(openDevIssuer(home.path)).rejects.toThrow(
        /private\.json holds no private key .* Remove it/,
      );
    },
  );
});
