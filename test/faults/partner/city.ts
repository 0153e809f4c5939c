/** The graph of the measurement: the city's own subgraph and a partner's, and what operators set for it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])';
const sdls = {
  services: `${link} type Query { service(id: ID!): Service } type Service @key(fields: "id") { id: ID! name: String }`,
  parking: `${link} type Query { permit(id: ID!): Permit } type Permit @key(fields: "id") { id: ID! zone: String }`,
};

/** For a partner nobody knows yet: small in time, number and size. */
const partnerOptions = {
  timeoutMs: 1_000,
  maxResponseBytes: 1024 * 1024,
  maxBufferedBytes: 8 * 1024 * 1024,
  connections: 16,
  bulkhead: { maxConcurrent: 16, maxQueued: 32, queueTimeoutMs: 200 },
  breaker: { minCalls: 5, failuresInARow: 5, openMs: 2_000, probes: 1 },
  rate: { perSecond: 200, burst: 50 },
};

export const serviceAnswer = '{"data":{"service":{"id":"s-1","name":"Pay a bill"}}}';
export const permitAnswer = '{"data":{"permit":{"id":"p-1","zone":"A"}}}';

/** Touches the city's own alone. */
export const ownQuery = { query: '{ service(id: "s-1") { id name } }' };
/** Touches both. */
export const bothQuery = { query: '{ service(id: "s-1") { name } permit(id: "p-1") { zone } }' };

/** @returns the gateway's environment. */
export async function writeCity(
  folder: string,
  urls: Readonly<Record<keyof typeof sdls, string>>,
): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(sdls).map(async ([name, sdl]) => {
    await writeFile(join(folder, `${name}.graphql`), sdl);
    const url = urls[name as keyof typeof sdls];
    return [name, { routing_url: url, schema: { file: `${name}.graphql` } }] as const;
  });
  const subgraphs = Object.fromEntries(await Promise.all(entries));
  await writeFile(join(folder, "rover.yaml"), JSON.stringify({ subgraphs }));
  await writeFile(join(folder, "options.yaml"), JSON.stringify({ parking: partnerOptions }));
  return {
    PORT: "0",
    SUPERGRAPH: join(folder, "rover.yaml"),
    SUBGRAPH_OPTIONS: join(folder, "options.yaml"),
    SIGNING_KEY: "a signing key that only measurements use",
    // Every request is to reach its subgraphs.
    CACHE: "false",
    SHARE_IN_FLIGHT: "false",
    LOG_LEVEL: "info",
  };
}
