import { existsSync } from "node:fs";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { build, runTool } from "../support/built-tool.ts";
import { tempFolder } from "../support/temp-folder.ts";

beforeAll(build);

describe("every tool", () => {
  test.each(["start", "token", "compose"])("tells how to use %s", async (tool) => {
    await using home = await tempFolder();
    const env = { CITY_GRAPH_HOME: home.file("city") };
    const { code, stdout, stderr } = await runTool(tool, ["--help"], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: npm /);
    expect(existsSync(home.file("city"))).toBe(false);
  });

  test.each(["start", "token", "compose"])(
    "refuses a flag that %s does not have, and does nothing",
    async (tool) => {
      await using home = await tempFolder();
      const env = { CITY_GRAPH_HOME: home.file("city") };
      const { code, stdout, stderr } = await runTool(tool, ["--fast"], env);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain("Unknown option '--fast'");
      expect(stderr).toContain("Usage: npm ");
      expect(stderr).not.toContain("    at ");
      expect(existsSync(home.file("city"))).toBe(false);
    },
  );
});

describe("the token tool", () => {
  test.each([
    [["person"], { sub: "person-amal", kind: "person", scope: "" }],
    [["person", "person-lina"], { sub: "person-lina", kind: "person", scope: "" }],
    [
      ["agency"],
      { sub: "agency-dewa", kind: "agency", agency: "dewa", scope: "billing:read catalogue:write" },
    ],
    [
      ["agency", "agency-dubai-police"],
      { sub: "agency-dubai-police", agency: "dubai-police", scope: "billing:read" },
    ],
    [
      ["operator"],
      {
        sub: "operator-noura",
        kind: "operator",
        scope: "payments:read payments:refund payments:reconcile billing:read operations",
      },
    ],
  ])("prints nothing but a token for %j", async (args, claims) => {
    await using home = await tempFolder();
    const { code, stdout, stderr } = await runTool("token", args, { CITY_GRAPH_HOME: home.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeProtectedHeader(stdout.trim())).toEqual({ alg: "ES256", kid: "dev" });
    const payload = decodeJwt(stdout.trim());
    expect(payload).toMatchObject({ iss: "city-graph-dev", aud: "city-graph", ...claims });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(8 * 60 * 60);
  });

  test("signs for as long as it is told", async () => {
    await using home = await tempFolder();
    const args = ["person", "--ttl-seconds", "90"];
    const { stdout } = await runTool("token", args, { CITY_GRAPH_HOME: home.path });
    const { exp = 0, iat = 0 } = decodeJwt(stdout.trim());
    expect(exp - iat).toBe(90);
  });

  test.each([
    [[], 'There is no kind "" in the seed.'],
    [["mayor"], 'There is no kind "mayor" in the seed.'],
    [["person", "person-bob"], 'There is no person "person-bob" in the seed.'],
    [["agency", "person-amal"], 'There is no agency "person-amal" in the seed.'],
  ])("for %j says what is wrong, and who there is", async (args, message) => {
    await using home = await tempFolder();
    const { code, stdout, stderr } = await runTool("token", args, { CITY_GRAPH_HOME: home.path });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(message);
    for (const id of ["person-amal", "person-omar", "person-lina", "agency-dewa", "operator-noura"])
      expect(stderr).toContain(id);
  });

  test.each(["0", "-5", "1.5", "soon"])("refuses a time to live of %s", async (seconds) => {
    await using home = await tempFolder();
    const args = ["person", `--ttl-seconds=${seconds}`];
    const { code, stderr } = await runTool("token", args, { CITY_GRAPH_HOME: home.path });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `--ttl-seconds must be a whole number of seconds above 0, not "${seconds}"`,
    );
  });

  test("tells in one sentence that the issuer's key is damaged", async () => {
    await using home = await tempFolder({ "issuer/private.json": "{" });
    const { code, stderr } = await runTool("token", ["person"], { CITY_GRAPH_HOME: home.path });
    expect(code).toBe(1);
    expect(stderr).toMatch(/private\.json holds no private key .*\n$/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("the compose tool", () => {
  test("finds the committed files up to date", async () => {
    const { code, stdout, stderr } = await runTool("compose", ["--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("up to date");
  });
});
