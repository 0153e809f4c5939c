/** `npm run dev` for real: a partner's running subgraph and a planned one over a city of mocks, hot. */
import { writeFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { deriveSubgraphKey } from "../../../platform/http-signature.ts";
import { fromRoot } from "../../../platform/root.ts";
import { readRover } from "../../../schema/rover.ts";
import { startToyPartner } from "../../conformance/toy-partner.ts";
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

test.each([
  [[], "Usage: npm run dev"],
  [["--with", "parking"], "--with must read NAME=URL"],
  [["--mock", "tolls"], "give its SDL by --mock tolls=FILE"],
  [["--mock", "health", "--with", "health=http://127.0.0.1:9/"], '"health" is given twice'],
])("%j is refused with a sentence", async (args, sentence) => {
  const { code, stderr } = await runTool("dev", args);
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
});
