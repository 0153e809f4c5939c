import { writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { build, runTool } from "../support/built-tool.ts";
import { databases } from "../support/databases.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { bills, openRegistry } from "./registry-room.ts";

beforeAll(build);
const [pglite] = databases;

describe("npm run registry", () => {
  it("checks, publishes, lists launches and rolls back", async () => {
    await using room = await openRegistry(pglite);
    await using folder = await tempFolder();
    await room.register("bills", "dewa");
    const { token } = await room.credential("dewa", "bills");
    const env = { REGISTRY_URL: room.url, REGISTRY_TOKEN: token };
    const file = folder.file("bills.graphql");
    const publish = async (command: string, sdl: string) => {
      await writeFile(file, sdl);
      const url = ["--routing-url", "https://bills.example/graphql"];
      return runTool("registry", [command, "bills", file, ...url], env);
    };
    expect(await publish("check", bills())).toMatchObject({
      code: 0,
      stdout: "Every check passes.\n",
    });
    expect(await publish("publish", bills())).toMatchObject({
      code: 0,
      stdout: "Live as launch 1.\n",
    });
    const refused = await publish("publish", bills("x: Nope"));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("Unknown type Nope");
    expect(refused.stderr).toContain("Nothing was published");
    await publish("publish", bills("x: Int"));
    const back = await runTool("registry", ["rollback"], env);
    expect(back.stdout).toBe("Live as launch 3: 1 again. Changed: bills.\n");
    const { stdout } = await runTool("registry", ["launches"], env);
    expect(stdout.split("\n")).toHaveLength(4);
    expect(stdout).toContain("CI of dewa");
    const wrong = await runTool("registry", ["launches"], { ...env, REGISTRY_TOKEN: "x" });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("authorization: Bearer");
  });

  it("launches the whole city of rover.yaml at once", async () => {
    await using room = await openRegistry(pglite);
    const agencies = { services: "digital-dubai", payments: "dubai-pay", health: "dha" };
    for (const [name, agency] of Object.entries(agencies)) await room.register(name, agency);
    await room.register("data-sharing", "digital-dubai");
    const env = { REGISTRY_URL: room.url, REGISTRY_TOKEN: room.operatorKey };
    for (const [ownerAgency, partnerAgency] of consentsOfTheCity(Object.values(agencies)))
      for (const subject of ["Agency", "Person", "Service", "ServiceRequest", "Query.me"])
        await room.call("POST", "/consents", { body: { ownerAgency, subject, partnerAgency } });
    const args = ["publish", "--rover", fromRoot("rover.yaml")];
    expect(await runTool("registry", args, env)).toMatchObject({ code: 0, stderr: "" });
    expect((await room.call("GET", "/supergraph")).text).toContain("http://127.0.0.1:4001/graphql");
  });
});

const consentsOfTheCity = (agencies: readonly string[]) =>
  agencies.flatMap((owner) =>
    agencies.flatMap((partner) => (owner === partner ? [] : [[owner, partner] as const])),
  );
