/**
 * A partner's subgraph as the conformance kit wants it, small and without the kit of this repository,
 * and the ways in which one can be wrong: a fault changes one thing and nothing else.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, GraphQLError, parse } from "graphql";
import {
  hmac,
  principalHeader,
  requestIdHeader,
  signatureBase,
  verifyRequest,
} from "../../platform/http-signature.ts";
import { decodePrincipal, type Principal } from "../../platform/principal.ts";

export const faults = {
  "sdl-needs-signature": ["service-sdl"],
  "sdl-is-invalid": ["service-sdl"],
  "refuses-agencies": ["signature-right"],
  "takes-unsigned": ["signature-missing"],
  "no-hmac": ["signature-forged", "signature-body", "signature-principal", "signature-replayed"],
  "no-digest": ["signature-body"],
  "any-parts": ["signature-parts"],
  "no-clock": ["signature-stale"],
  "field-fails": ["entities-known"],
  "makes-up-unknown": ["entities-unknown"],
  "sorts-answers": ["entities-order"],
  "answers-once": ["entities-duplicates"],
  "small-batches": ["entities-batch"],
  "crashes-on-type": ["entities-malformed"],
  "own-error-shape": ["errors-shape"],
  "shows-stack": ["errors-secrets"],
  "always-200": ["http-status"],
  "answers-get": ["http-methods"],
  html: ["http-content-type"],
  closes: ["http-keep-alive"],
  "damaged-gzip": ["compression"],
  "keeps-errors": ["cache-headers"],
  "keeps-private": ["cache-private"],
  "no-body-limit": ["limits-body"],
  "dies-of-depth": ["limits-depth"],
  "dies-of-hang-up": ["timeouts-hang-up"],
  "one-at-a-time": ["timeouts-slow-sender"],
  "slow-when-repeated": ["latency"],
} as const satisfies Record<string, readonly string[]>;

export type Fault = keyof typeof faults;

export const maxBodyBytes = 512 * 1024;

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  "A permit to park." type Permit @key(fields: "id") { "Its id." id: ID! "Where." zone: String! }
  type Query { "One." permit(id: ID!): Permit }
`;
const zones: Readonly<Record<string, string>> = { "p-1": "A", "p-2": "B", "p-3": "C" };

type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const told = (status: number, message: string): Answer => ({
  status,
  body: JSON.stringify({ errors: [{ message }] }),
});

function createSchema(fault: Fault | undefined) {
  const zone = (
    { id }: { id: string },
    _given: unknown,
    { principal }: { principal?: Principal },
  ) => {
    if (fault === "field-fails") throw new GraphQLError("No zone.");
    return fault === "keeps-private" && principal
      ? `${zones[id]} of ${principal.id}`
      : (zones[id] ?? "?");
  };
  const find = (id: string) => {
    if (id in zones) return { id };
    return fault === "makes-up-unknown" ? { id } : null;
  };
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(sdl),
      resolvers: {
        Permit: { zone, __resolveReference: ({ id }: { id: unknown }) => find(String(id)) },
        Query: { permit: (_root: unknown, { id }: { id: string }) => find(id) },
      } as never,
    },
  ]);
  return schema;
}

/** RFC 9421 with whichever parts the sender names: what a general library does when nobody tells it more. */
function verifyNamedParts(request: IncomingMessage, key: Uint8Array): boolean {
  const input = String(request.headers["signature-input"] ?? "").slice("gateway=".length);
  const names = [...(/^\(([^)]*)\)/.exec(input)?.[1] ?? "").matchAll(/"([^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
  const values = names.map((name): readonly [string, string] => {
    if (name === "@method") return [name, request.method ?? ""];
    if (name === "@path") return [name, request.url ?? ""];
    return [name, String(request.headers[name] ?? "")];
  });
  const expected = hmac(key, signatureBase(values, input)).toString("base64");
  return names.length > 0 && request.headers["signature"] === `gateway=:${expected}:`;
}

/** @returns why it is refused. */
function refusalOf(request: IncomingMessage, body: Buffer, key: Uint8Array, fault?: Fault) {
  const header = (name: string): string => String(request.headers[name] ?? "");
  const parts = {
    method: request.method ?? "",
    path: request.url ?? "",
    body,
    principal: header(principalHeader),
    requestId: header(requestIdHeader),
  };
  const given = {
    "content-digest": header("content-digest"),
    "signature-input": header("signature-input"),
    signature: header("signature"),
  };
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const verdict = verifyRequest(parts, given, { key, nowSeconds, toleranceSeconds: 60 });
  if (verdict.ok) {
    const isAgency = decodePrincipal(parts.principal)?.kind === "agency";
    return fault === "refuses-agencies" && isAgency ? "no agencies" : undefined;
  }
  const { reason } = verdict;
  if (fault === "takes-unsigned" && reason.includes("not signed")) return undefined;
  if (fault === "no-hmac" && /is wrong|its digest/.test(reason)) return undefined;
  if (fault === "no-digest" && reason.includes("digest")) return undefined;
  if (fault === "no-clock" && reason.includes("old")) return undefined;
  if (fault === "any-parts" && reason.includes("parts") && verifyNamedParts(request, key))
    return undefined;
  return reason;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

type Entities = readonly ({ readonly id: string } | null)[];

/** What is done wrong to a list of answers that was right. */
function spoil(list: Entities, fault: Fault | undefined): Entities {
  if (fault === "sorts-answers")
    return list.toSorted((a, b) => (a?.id ?? "").localeCompare(b?.id ?? ""));
  if (fault !== "answers-once") return list;
  const seen = new Set<string>();
  return list.map((one) => {
    if (!one || (seen.has(one.id) && list.length < 10)) return null;
    seen.add(one.id);
    return one;
  });
}

export type ToyPartner = AsyncDisposable & { readonly url: string };

export async function startToyPartner(key: Uint8Array, fault?: Fault): Promise<ToyPartner> {
  const schema = createSchema(fault);
  let last = "";
  let times = 0;
  let isWounded = false;
  let turn: Promise<unknown> = Promise.resolve();

  async function execute(request: { query?: unknown; variables?: object }, principal?: Principal) {
    const query = typeof request.query === "string" ? request.query : "";
    const { representations } = (request.variables ?? {}) as { representations?: unknown[] };
    const isOdd = (one: unknown) =>
      (one as { __typename?: unknown } | null)?.__typename !== "Permit";
    if (fault === "crashes-on-type" && representations?.some(isOdd)) return told(500, "Crash.");
    if (fault === "small-batches" && (representations?.length ?? 0) > 100)
      return told(200, "At most 100.");
    if (fault === "dies-of-depth" && query.length > 20_000) return told(500, "Too deep.");
    const { data, errors } = await graphql({
      schema,
      source: query,
      variableValues: { ...request.variables },
      contextValue: { principal },
    });
    const isRefused = data === undefined;
    if (isRefused && fault === "own-error-shape")
      return { status: 400, body: JSON.stringify({ error: "wrong" }) };
    const list = data?.["_entities"] as Entities | undefined;
    const shown = list ? { ...data, _entities: spoil(list, fault) } : data;
    const withStack = errors?.map(({ message, path }) => ({
      message,
      path,
      extensions: { stacktrace: [new Error(message).stack] },
    }));
    const caching: Record<string, string> =
      fault === "keeps-errors" || (!errors && fault === "keeps-private")
        ? { "cache-control": "max-age=60, public" }
        : {};
    return {
      status: isRefused ? 400 : 200,
      body: JSON.stringify({
        ...(isRefused ? {} : { data: shown }),
        ...(errors ? { errors: fault === "shows-stack" ? withStack : errors } : {}),
      }),
      headers: caching,
    };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    if (request.method !== "POST") {
      if (fault !== "answers-get" || request.method !== "GET") return told(405, "POST only.");
      return execute({ query: new URL(request.url ?? "", "http://x").searchParams.get("query") });
    }
    if (Number(request.headers["content-length"]) > maxBodyBytes && fault !== "no-body-limit")
      return told(413, "Too large.");
    const body = await readBody(request);
    const text = body.toString("utf8");
    times = text === last ? times + 1 : 1;
    last = text;
    if (fault === "slow-when-repeated" && times > 10) await sleep(700);
    if (fault === "sdl-is-invalid" && body.includes('"{ _service { sdl } }"'))
      return {
        status: 200,
        body: JSON.stringify({ data: { _service: { sdl: `${sdl} type A { b: B }` } } }),
      };
    let asked: { query?: unknown; variables?: object };
    try {
      asked = JSON.parse(text);
    } catch {
      return told(fault === "always-200" ? 200 : 400, "No JSON.");
    }
    const isSdl = asked.query === "{ _service { sdl } }" && fault !== "sdl-needs-signature";
    const refusal = isSdl ? undefined : refusalOf(request, body, key, fault);
    if (refusal !== undefined) return told(401, refusal);
    const principal = String(request.headers[principalHeader] ?? "");
    return execute(asked, fault === "no-hmac" || isSdl ? undefined : decodePrincipal(principal));
  }

  function write(request: IncomingMessage, response: ServerResponse, given: Answer): void {
    const wantsGzip = String(request.headers["accept-encoding"]).includes("gzip");
    const isDamaged = fault === "damaged-gzip" && wantsGzip;
    const body = isDamaged ? gzipSync(given.body).subarray(0, -20) : Buffer.from(given.body);
    response.writeHead(given.status, {
      "content-type": fault === "html" ? "text/html" : "application/json; charset=utf-8",
      ...(isDamaged ? { "content-encoding": "gzip" } : {}),
      ...(fault === "closes" || !request.complete ? { connection: "close" } : {}),
      ...given.headers,
      "content-length": body.length,
    });
    response.end(body);
  }

  async function answerInTurn(request: IncomingMessage): Promise<Answer> {
    const before = turn;
    const answered = (async () => {
      if (fault === "one-at-a-time") await before;
      if (!isWounded) return answer(request);
      isWounded = false;
      return told(500, "Wounded.");
    })();
    turn = answered.catch(() => {});
    return answered;
  }

  const server = createServer((request, response) => {
    response.once("close", () => {
      if (!response.writableFinished && fault === "dies-of-hang-up") isWounded = true;
    });
    answerInTurn(request).then(
      (given) => write(request, response, given),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
