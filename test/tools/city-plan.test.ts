import { mkdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { deriveSubgraphKey } from "../../platform/http-signature.ts";
import { openCityHome } from "../../tools/city-home.ts";
import { type CityPlan, planCity } from "../../tools/city-plan.ts";
import { describeCity } from "../../tools/describe-city.ts";
import { progressLine } from "../../tools/run-city.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const signingKey = "a-master-key-of-at-least-32-characters";
const rover = `subgraphs:
  health: { routing_url: "http://127.0.0.1:4003/graphql", schema: { file: h.graphql } }
  data-sharing: { routing_url: "http://127.0.0.1:4004/graphql", schema: { file: d.graphql } }
  courier: { routing_url: "https://courier.example/graphql", schema: { file: c.graphql } }
`;

const cityFolder = (): Promise<TempFolder> => tempFolder({ "rover.yaml": rover });

const plan = (folder: TempFolder, env: NodeJS.ProcessEnv = {}, reset = false): Promise<CityPlan> =>
  planCity({
    rover: folder.file("rover.yaml"),
    env,
    home: openCityHome(folder.path),
    reset,
    signingKey,
    jwksFile: "/home/jwks.json",
    isOurs: (name) => name !== "courier",
  });

describe("the plan of a city", () => {
  test("takes subgraphs and ports from rover.yaml, and leaves alone what others run", async () => {
    await using folder = await cityFolder();
    const { subgraphs, gateway, elsewhere } = await plan(folder);
    expect(subgraphs.map(({ name, url }) => [name, url])).toEqual([
      ["health", "http://127.0.0.1:4003/graphql"],
      ["data-sharing", "http://127.0.0.1:4004/graphql"],
    ]);
    expect(gateway.url).toBe("http://127.0.0.1:4000/graphql");
    expect(elsewhere).toEqual([{ name: "courier", url: "https://courier.example/graphql" }]);
  });

  test("tells the gateway the ports that the variables chose", async () => {
    await using folder = await cityFolder();
    const { subgraphs, gateway } = await plan(folder, {
      DATA_SHARING_PORT: "5004",
      GATEWAY_PORT: "5000",
    });
    expect(subgraphs[1]?.env["PORT"]).toBe("5004");
    expect(subgraphs[1]?.readyUrl).toBe("http://127.0.0.1:5004/health");
    expect(gateway.readyUrl).toBe("http://127.0.0.1:5000/ready");
    expect(gateway.env["SUBGRAPH_URLS"]).toBe(
      "health=http://127.0.0.1:4003/graphql,data-sharing=http://127.0.0.1:5004/graphql",
    );
  });

  test("gives the gateway a configuration that it accepts", async () => {
    await using folder = await cityFolder();
    const { gateway } = await plan(folder, { REDIS_URL: "redis://127.0.0.1:6379" });
    const config = readConfig([], gateway.env);
    expect(config).toMatchObject({ PORT: 4000, JWT_ISSUER: "city-graph-dev" });
    expect(config.SIGNING_KEY?.reveal()).toBe(signingKey);
  });

  test("gives each subgraph its own key, and nobody but the gateway the master key", async () => {
    await using folder = await cityFolder();
    const { subgraphs, gateway } = await plan(folder, { SIGNING_KEY: "from the terminal" });
    for (const { name, env } of subgraphs) {
      expect(env["SUBGRAPH_SIGNING_KEY"]).toBe(
        deriveSubgraphKey(signingKey, name).toString("base64url"),
      );
      expect(env).not.toHaveProperty("SIGNING_KEY");
    }
    expect(gateway.env["SIGNING_KEY"]).toBe(signingKey);
    expect(gateway.env).not.toHaveProperty("SUBGRAPH_SIGNING_KEY");
  });

  test("keeps data in the home without a DATABASE_URL, and in schemas of it with one", async () => {
    await using folder = await cityFolder();
    const embedded = (await plan(folder)).subgraphs[1];
    expect(embedded?.env["DATA_DIR"]).toBe(folder.file("data/data-sharing"));
    expect(embedded?.store).toBe(`PGlite (${folder.file("data/data-sharing")})`);
    const url = "postgresql://127.0.0.1/city";
    const served = (await plan(folder, { DATABASE_URL: url })).subgraphs[1];
    expect(served?.env).toMatchObject({ DATABASE_URL: url });
    expect(served?.env).not.toHaveProperty("DATA_DIR");
    expect(served?.store).toBe("PostgreSQL (schema data_sharing)");
  });

  test("names the cache's store without its password", async () => {
    await using folder = await cityFolder();
    expect((await plan(folder)).gateway.store).toBe("memory");
    const REDIS_URL = "redis://city:secret@cache.example:6380/0";
    expect((await plan(folder, { REDIS_URL })).gateway.store).toBe("Redis (cache.example:6380)");
  });

  test.each([
    ["0.0.0.0", "http://127.0.0.1:4003/graphql"],
    ["::", "http://[::1]:4003/graphql"],
    ["::1", "http://[::1]:4003/graphql"],
    ["192.0.2.7", "http://192.0.2.7:4003/graphql"],
  ])("with HOST=%s listens there, and is reached at %s", async (HOST, url) => {
    await using folder = await cityFolder();
    const { host, subgraphs } = await plan(folder, { HOST });
    expect(host).toBe(HOST);
    expect(subgraphs[0]?.env["HOST"]).toBe(HOST);
    expect(subgraphs[0]?.url).toBe(url);
  });

  test("knows which databases have to be made", async () => {
    await using folder = await cityFolder();
    await mkdir(folder.file("data/health"), { recursive: true });
    const tasks = async (env: NodeJS.ProcessEnv, reset = false) =>
      (await plan(folder, env, reset)).subgraphs.map(({ task }) => task);
    const making = "making and seeding its database";
    expect(await tasks({})).toEqual(["starting", making]);
    expect(await tasks({}, true)).toEqual([making, making]);
    expect(await tasks({ DATABASE_URL: "postgresql://h/d" }, true)).toEqual([
      "starting",
      "starting",
    ]);
  });
});

describe("the sandbox beside payments", () => {
  const withPayments = rover.replace(
    "  health:",
    `  payments: { routing_url: "http://127.0.0.1:4002/graphql", schema: { file: p.graphql } }
  health:`,
  );
  const planned = async (env: NodeJS.ProcessEnv = {}) => {
    await using folder = await tempFolder({ "rover.yaml": withPayments });
    return plan(folder, env);
  };

  test("is a provider of cards and a biller's system, which payments and nobody else knows", async () => {
    const { sandbox, subgraphs } = await planned({ PAYMENTS_PORT: "5002", PROVIDER_PORT: "5010" });
    expect(sandbox.map(({ name, url }) => [name, url])).toEqual([
      ["provider", "http://127.0.0.1:5010"],
      ["biller", "http://127.0.0.1:4011"],
    ]);
    const [payments, health] = subgraphs;
    const [provider, biller] = sandbox;
    expect(payments?.env).toMatchObject({
      PROVIDER_URL: "http://127.0.0.1:5010/v1",
      PROVIDER_SECRET: provider?.env["PROVIDER_SECRET"],
      PROVIDER_WEBHOOK_SECRET: provider?.env["PROVIDER_WEBHOOK_SECRET"],
      BILLER_URLS: "du=http://127.0.0.1:4011",
      BILLER_SECRET: biller?.env["BILLER_SECRET"],
    });
    expect(provider?.env["PROVIDER_WEBHOOK_URL"]).toBe("http://127.0.0.1:5002/webhooks/provider");
    expect(health?.env).not.toHaveProperty("PROVIDER_SECRET");
  });

  test("is left out when there is a real provider, and without payments", async () => {
    expect((await planned({ PROVIDER_URL: "https://provider.example/v1" })).sandbox).toEqual([]);
    await using folder = await cityFolder();
    expect((await plan(folder)).sandbox).toEqual([]);
  });
});

describe("what npm start prints", () => {
  test("is one table with a first query that can be pasted", async () => {
    await using folder = await cityFolder();
    const text = describeCity(await plan(folder), ["courier"]);
    const lines = text.trim().split("\n");
    expect(lines[0]).toMatch(/^name +URL +store +state$/);
    expect(text).toMatch(/^health +http:\/\/127\.0\.0\.1:4003\/graphql +PGlite .* +ready$/m);
    expect(text).toMatch(
      /^courier +https:\/\/courier\.example\/graphql +run elsewhere +unreachable$/m,
    );
    expect(text).toMatch(/^gateway +http:\/\/127\.0\.0\.1:4000\/graphql +memory +ready$/m);
    const body = /-d '(.*)'$/m.exec(text)?.[1] ?? "";
    expect(JSON.parse(body).query).toContain("services(first: 3)");
    expect(text).toContain("npm run -s token -- person");
    expect(text).toContain("Ctrl-C");
  });

  test("says for whom it waits, and what they do", async () => {
    await using folder = await cityFolder();
    const { subgraphs, gateway } = await plan(folder);
    expect(progressLine(4, [...subgraphs, gateway])).toBe(
      "  4 s: waiting for health, data-sharing (making and seeding its database), gateway (starting)",
    );
  });
});
