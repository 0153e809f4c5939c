/** What subgraphs are told of who asks: through a whole gateway, as the headers arrive on real sockets. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { startGateway } from "../../../gateway/server.ts";
import { silentLog } from "../../../platform/log.ts";
import { decodePrincipal, type Principal } from "../../../platform/principal.ts";
import { createIssuer } from "../../support/issuer.ts";
import { testSigningKey } from "../../support/start-subgraph.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@requiresScopes"])';
const sdlOf = (name: string) => `${link}
  type Query { ${name}: String ${name}Fines: String @requiresScopes(scopes: [["${name}:read"], ["fines:read", "fines:all"]]) }`;

const amal: Principal = {
  kind: "person",
  id: "person-amal",
  scopes: ["parking:read", "fines:read", "billing:read"],
  policies: ["adult"],
  agencyId: "dewa",
};

/** Answers null to everything, and keeps who was said to ask. */
async function startPartner() {
  const seen: (Principal | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(decodePrincipal(String(request.headers["city-graph-principal"] ?? "")));
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end('{"data":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @returns what each subgraph was told when this principal asked both. */
async function tellBoth(
  principal: Principal | undefined,
  options: object,
  env: Record<string, string> = {},
) {
  await using parking = await startPartner();
  await using tolls = await startPartner();
  await using home = await tempFolder({
    "parking.graphql": sdlOf("parking"),
    "tolls.graphql": sdlOf("tolls"),
    "rover.yaml": JSON.stringify({
      subgraphs: {
        parking: { routing_url: parking.url, schema: { file: "parking.graphql" } },
        tolls: { routing_url: tolls.url, schema: { file: "tolls.graphql" } },
      },
    }),
    "options.yaml": JSON.stringify(options),
  });
  const issuer = await createIssuer(home.path);
  const config = readConfig([], {
    PORT: "0",
    SUPERGRAPH: home.file("rover.yaml"),
    SUBGRAPH_OPTIONS: home.file("options.yaml"),
    SIGNING_KEY: testSigningKey,
    ...issuer.env,
    ...env,
  });
  const gateway = await startGateway(config, silentLog);
  try {
    parking.seen.length = 0;
    tolls.seen.length = 0;
    await fetch(gateway.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(principal ? { authorization: `Bearer ${await issuer.tokenOf(principal)}` } : {}),
      },
      body: '{"query":"{ parking tolls }"}',
    });
    return { parking: parking.seen, tolls: tolls.seen };
  } finally {
    await gateway.stop();
  }
}

describe("a partner's subgraph", () => {
  test("gets a pairwise pseudonym and nothing else, unless more is approved", async () => {
    const told = await tellBoth(amal, {});
    expect(told.parking).toEqual([
      { kind: "person", id: expect.stringMatching(/^pw_[\w-]{27}$/), scopes: [], policies: [] },
    ]);
    expect(told.parking[0]?.id).not.toBe(told.tolls[0]?.id);
    expect(JSON.stringify(told)).not.toContain("amal");
  });

  test("gets the same pseudonym each time, and another for another person", async () => {
    const [first, again, other] = [
      await tellBoth(amal, {}),
      await tellBoth({ ...amal, scopes: [] }, {}),
      await tellBoth({ ...amal, id: "person-omar" }, {}),
    ];
    expect(again.parking[0]?.id).toBe(first.parking[0]?.id);
    expect(other.parking[0]?.id).not.toBe(first.parking[0]?.id);
  });

  test("gets those scopes that are approved and that its own SDL asks for", async () => {
    const approved = ["parking:read", "billing:read"];
    const { parking, tolls } = await tellBoth(amal, { all: { principal: { scopes: approved } } });
    expect(parking[0]?.scopes).toEqual(["parking:read"]);
    // Approved, and not declared: its fields ask for another.
    expect(tolls[0]?.scopes).toEqual([]);
  });

  test("is not told that anybody is signed in when it is to know nobody", async () => {
    const { parking, tolls } = await tellBoth(amal, { parking: { principal: { id: "none" } } });
    expect(parking).toEqual([undefined]);
    expect(tolls[0]?.kind).toBe("person");
  });

  test("gets the id, policies and agency where an operator approves them", async () => {
    const principal = { id: "own", policies: true, agency: true };
    const { parking } = await tellBoth(amal, { parking: { principal } });
    expect(parking).toEqual([{ ...amal, scopes: [] }]);
  });
});

test("a subgraph that is the city's own gets everything, unless its section says less", async () => {
  const env = { TRUSTED_SUBGRAPHS: "parking,tolls" };
  const { parking, tolls } = await tellBoth(amal, { tolls: { principal: { scopes: [] } } }, env);
  expect(parking).toEqual([amal]);
  expect(tolls).toEqual([{ ...amal, scopes: [] }]);
});

test("nobody is nobody everywhere", async () => {
  expect(await tellBoth(undefined, {})).toEqual({ parking: [undefined], tolls: [undefined] });
});

test("a level that there is not stops the gateway at its start, and is named", async () => {
  await expect(tellBoth(amal, { parking: { principal: { id: "some" } } })).rejects.toThrow(
    /parking\.principal\.id/,
  );
});
