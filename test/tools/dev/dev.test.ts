/** `npm run dev` for real: a partner's running subgraph and a planned one over a city of mocks, hot. */
import { writeFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { deriveSubgraphKey } from "../../../platform/http-signature.ts";
import { fromRoot } from "../../../platform/root.ts";
import { readRover } from "../../../schema/rover.ts";
import { startToyPartner } from "../../conformance/toy-partner.ts";
import { benchesSdl, parksSdl, startRegistry } from "../../support/registry.ts";
import { build, runTool, startTool } from "../../support/built-tool.ts";
import { freePorts } from "../../support/free-ports.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const timeout = 120_000;
beforeAll(build, timeout);

const planned = (fields: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12") type Query { ${fields} }`;

test(
  "lays a partner's subgraph and a mock over the city, and follows changes",
  { timeout },
  async () => {
    const key = "a signing key that only this test ever uses";
    await using home = await tempFolder({
      "signing-key": key,
      "tolls.graphql": planned("toll: Int!"),
    });
    await using partner = await startToyPartner(deriveSubgraphKey(key, "parking"));
    const { subgraphs } = await readRover(fromRoot("rover.yaml"));
    const [port] = await freePorts(1);
    const mocks = subgraphs.flatMap(({ name }) => ["--mock", name]);
    const tolls = `tolls=${home.file("tolls.graphql")}`;
    const args = [...mocks, "--mock", tolls, "--with", `parking=${partner.url}`];
    const env = {
      CITY_GRAPH_HOME: home.path,
      GATEWAY_PORT: `${port}`,
      DATABASE_URL: "",
      REDIS_URL: "",
    };
    const dev = startTool("dev", args, env);
    await dev.prints("Stop: Ctrl-C");

    const ask = async (query: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as { data?: any; errors?: object[] };
    };
    const { data } = await ask(
      '{ permit(id: "p-2") { zone } toll services(first: 2) { nodes { id } } }',
    );
    expect(data.permit).toEqual({ zone: "B" });
    expect(data.toll).toEqual(expect.any(Number));
    expect(data.services.nodes).toHaveLength(2);

    await writeFile(home.file("tolls.graphql"), planned("toll: Nowhere"));
    await dev.prints("Unknown type Nowhere");
    expect((await ask("{ toll }")).data.toll).toEqual(expect.any(Number));
    await writeFile(home.file("tolls.graphql"), planned("toll: Int! gate: String!"));
    while ((await ask("{ gate }")).errors) await new Promise((resolve) => setTimeout(resolve, 100));

    dev.kill("SIGINT");
    expect((await dev.ended).code).toBe(0);
  },
);

test(
  "lays a partner's subgraph over what is live in a registry, and follows its launches",
  { timeout },
  async () => {
    await using registry = await startRegistry();
    const parks = await registry.join("parks");
    const treesCredential = await registry.join("trees");
    await registry.publish("parks", parksSdl, parks);
    const key = "a signing key that only this test ever uses";
    await using home = await tempFolder({ "signing-key": key });
    await using partner = await startToyPartner(deriveSubgraphKey(key, "parking"));
    const [port] = await freePorts(1);
    const args = ["--registry", registry.url, "--with", `parking=${partner.url}`];
    const env = {
      CITY_GRAPH_HOME: home.path,
      GATEWAY_PORT: `${port}`,
      REGISTRY_CREDENTIAL: treesCredential,
      // As somebody has it who publishes from the same terminal.
      REGISTRY_URL: registry.url,
      DATABASE_URL: "",
      REDIS_URL: "",
    };
    const dev = startTool("dev", args, env);
    await dev.prints("Stop: Ctrl-C");
    expect(dev.printed()).toContain('"parks" is answered by made-up data');
    expect(dev.printed()).not.toContain("payments");

    const ask = async (query: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as { data?: any; errors?: object[] };
    };
    const { data } = await ask('{ park(id: "safa") { id name } permit(id: "p-2") { zone } }');
    expect(data).toEqual({
      park: { id: "safa", name: expect.any(String) },
      permit: { zone: "B" },
    });

    const benches = await registry.join("benches");
    await registry.publish("benches", benchesSdl, benches);
    const bench = '{ bench(id: "b-1") { park { hectares } } permit(id: "p-2") { zone } }';
    await expect
      .poll(() => ask(bench), { timeout: 20_000, interval: 200 })
      .toEqual({
        data: { bench: { park: { hectares: expect.any(Number) } }, permit: { zone: "B" } },
      });
    await registry.ask("POST /rollback", { as: benches });
    await expect.poll(async () => (await ask(bench)).errors, { timeout: 20_000 }).toBeDefined();

    dev.kill("SIGINT");
    expect((await dev.ended).code).toBe(0);
  },
);

test.each([
  [{}, "Set REGISTRY_CREDENTIAL"],
  [{ REGISTRY_CREDENTIAL: "cgr_made-up" }, "CREDENTIAL_UNKNOWN"],
])("a registry is not asked without a good credential: %j", async (env, sentence) => {
  await using registry = await startRegistry();
  const { code, stderr } = await runTool("dev", ["--registry", registry.url], {
    REGISTRY_CREDENTIAL: "",
    ...env,
  });
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
});

test.each([
  [[], "Usage: npm run dev"],
  [["--with", "parking"], "--with must read NAME=URL"],
  [["--mock", "tolls"], "give its SDL by --mock tolls=FILE"],
  [["--registry", "registry.example.org"], "--registry must read URL"],
  [["--mock", "health", "--with", "health=http://127.0.0.1:9/"], '"health" is given twice'],
])("%j is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await runTool("dev", args);
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
});
