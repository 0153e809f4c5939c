/** A registry over real HTTP on one of the two databases, and small subgraphs of two agencies. */
import { generateKeyPairSync } from "node:crypto";
import { Secret } from "../../platform/env.ts";
import { silentLog } from "../../platform/log.ts";
import { publicKeyOf } from "../../platform/supergraph-signature.ts";
import { openRegistryDatabase } from "../../registry/database.ts";
import { serveRegistry } from "../../registry/http/server.ts";
import { createRegistry } from "../../registry/registry.ts";
import type { databases } from "../support/databases.ts";

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: [${imports}])\n`;

/** Of the agency `dewa`. */
export const bills = (fields = "") => `${link('"@key", "@shareable"')}
type Query { bill(id: ID!): Bill  bills(state: BillState, first: Int): [Bill!]! }
enum BillState { DUE PAID }
type Bill @key(fields: "id") { id: ID!  amount: Money!  state: BillState!  ${fields} }
type Money @shareable { amount: Int!  currency: String! }
`;

/** Of the agency `rta`; `permit` and `bill` say what stands in these types. */
export const parking = ({
  permit = "zone: String!",
  bill = "",
  query = "",
}: { permit?: string; bill?: string; query?: string } = {}) =>
  `${link('"@key", "@shareable", "@external", "@override"')}
type Query { permit(id: ID!): Permit ${query} }
type Permit @key(fields: "id") { id: ID!  bill: Bill  price: Money!  ${permit} }
type Bill @key(fields: "id", resolvable: ${bill ? "true" : "false"}) { id: ID!  ${bill} }
type Money @shareable { amount: Int!  currency: String! }
`;

export type HttpAnswer = { status: number; headers: Headers; text: string; json: any };

const operatorKey = "operator-key-of-tests-0123456789abcdef";

export async function openRegistry(kind: (typeof databases)[number], { windowDays = 3 } = {}) {
  const { store, drop } = await kind.newDatabase();
  const db = await openRegistryDatabase(store, silentLog);
  const time = { nowMs: Date.parse("2026-03-02T08:00:00Z") };
  const registry = createRegistry(
    { db, clock: () => time.nowMs, log: silentLog, operatorKey: new Secret(operatorKey) },
    { windowDays },
  );
  const { privateKey } = generateKeyPairSync("ed25519");
  const running = await serveRegistry(
    { registry, signingKey: privateKey, log: silentLog },
    { host: "127.0.0.1", port: 0 },
  );

  async function call(
    method: string,
    path: string,
    {
      body,
      token = operatorKey,
      headers = {},
    }: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
  ): Promise<HttpAnswer> {
    const response = await fetch(running.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  const one = (name: string, sdl: string) => ({
    subgraphs: [{ name, routingUrl: `https://${name}.example/graphql`, sdl }],
  });

  return {
    url: running.url,
    db,
    time,
    call,
    operatorKey,
    publicKey: publicKeyOf(privateKey),
    register: (name: string, ownerAgency: string) =>
      call("POST", "/subgraphs", {
        body: {
          name,
          ownerAgency,
          contact: { name: "On call", email: `graph@${ownerAgency}.example` },
          serviceLevel: { availabilityPercent: 99.5, answerWithinMs: 300 },
        },
      }),
    credential: async (
      agency: string,
      ...subgraphs: string[]
    ): Promise<{ id: string; token: string }> => {
      const body = { kind: "AGENCY", label: `CI of ${agency}`, agency, subgraphs };
      return (await call("POST", "/credentials", { body })).json;
    },
    check: (name: string, sdl: string, token?: string) =>
      call("POST", "/check", { body: one(name, sdl), ...(token ? { token } : {}) }),
    publish: (name: string, sdl: string, token?: string, more: object = {}) =>
      call("POST", "/publish", {
        body: { ...one(name, sdl), ...more },
        ...(token ? { token } : {}),
      }),
    async [Symbol.asyncDispose]() {
      await running.stop();
      await db.destroy();
      await drop();
    },
  };
}
