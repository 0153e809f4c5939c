/** The registry's tool as agencies and operators run it, in front of a real registry. */
import { beforeAll, expect, it } from "vitest";
import { build, runTool } from "../support/built-tool.ts";
import { benchesSdl, operatorKey, parksSdl, startRegistry } from "../support/registry.ts";
import { tempFolder } from "../support/temp-folder.ts";

beforeAll(build);

it("checks, publishes, sets contracts, and takes a candidate from its opening to its promotion", async () => {
  await using registry = await startRegistry();
  await using folder = await tempFolder({
    "parks.graphql": parksSdl,
    "wider.graphql": parksSdl.replace('"Its size."', '"Its ponds."\n  ponds: Int\n  "Its size."'),
    "benches.graphql": benchesSdl,
  });
  const credential = await registry.join("parks");
  const run = (args: string, as = credential) =>
    runTool("registry", args.split(" "), {
      REGISTRY_URL: registry.url,
      REGISTRY_CREDENTIAL: as,
    });
  const schema = (file: string) => `--subgraph parks --schema ${folder.file(file)}`;
  const url = "--url http://parks.test/graphql";

  expect(await run(`check ${schema("parks.graphql")} ${url}`)).toMatchObject({
    code: 0,
    stdout: "passes\n",
  });
  expect((await run(`publish ${schema("parks.graphql")} ${url}`)).stdout).toMatch(
    /^published: launch \d+\n$/,
  );
  const broken = await run(`publish ${schema("benches.graphql")}`);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/^error BREAKING_CHANGE_UNKNOWN: .*\n +\S.*\n(.*\n)*refused\n$/);

  const listed = await run("contracts");
  expect(listed.stdout).toMatch(/public +everything +partner, internal +hidden/);
  const set = await run("contract map --exclude internal", operatorKey);
  expect(set).toMatchObject({ code: 0, stdout: expect.stringMatching(/^set: launch \d+\n$/) });
  expect((await run("contract map --exclude internal")).stderr).toMatch(/NOT_ALLOWED/);
  expect((await run("launches --variant map")).stdout).toMatch(/\tcontract\tparks\t/);

  const opened = await run(`publish ${schema("wider.graphql")} --candidate 20`);
  expect(opened).toMatchObject({ code: 0, stdout: "candidate 1\n" });
  expect((await run("share 50")).stdout).toBe("for 50 % of the clients\n");
  const { stdout: table } = await run("canary");
  expect(table).toMatch(/^candidate 1 of parks, for 50 % of the clients: open\n/);
  expect(table).toMatch(/\nlive +0 +0 +0\.00 % +- +-\n/);
  expect(table).toMatch(/too few requests/);
  expect((await run("promote")).stdout).toMatch(/^published: launch \d+\n$/);
  expect((await run("withdraw")).stderr).toMatch(/NO_CANDIDATE/);
  expect((await run("rollback")).stdout).toMatch(/^rolled back: launch \d+\n$/);
}, 60_000);
