/** `npm run cache -- …`: what operators do with the cache of a running gateway, over its HTTP endpoints. */
import type { Invalidation } from "../gateway/entity-cache/invalidation-request.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run cache -- COMMAND [options]

  inspect KEY            what is cached under a key (keys are shown by the header city-graph-explain: 1)
  purge                  forget, in all gateways, what one of these names:
      --subgraph NAME            everything of a subgraph
      --subgraph NAME --type T   everything that holds such objects
      --subgraph NAME --type T --key '{"id":"1"}'   what holds this entity
      --subgraph NAME --tag TAG  what has this @cacheTag
      --all                      everything
  operations [--limit N] what visitors ask most of late
  warm [--limit N]       ask the most used operations, so that their answers are cached

  --url URL              of a gateway; else GATEWAY_URL, else http://127.0.0.1:4000

OPERATOR_KEY is the key that the gateway was started with.`;

type Values = {
  readonly url?: string;
  readonly subgraph?: string;
  readonly type?: string;
  readonly key?: string;
  readonly tag?: string;
  readonly all?: boolean;
  readonly limit?: string;
};

function keyOf(text: string): Record<string, string> {
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key === "object" && key !== null && !Array.isArray(key))
      return key as Record<string, string>;
  } catch {}
  throw new ToolError(`--key takes the fields of an entity's @key as JSON, e.g. '{"id":"1"}'.`);
}

function toPurge({ subgraph, type, key, tag, all }: Values): Invalidation {
  if (all) {
    if (subgraph ?? type ?? key ?? tag) throw new ToolError("--all stands alone.");
    return { kind: "everything" };
  }
  if (!subgraph) throw new ToolError(`Say what to forget: --subgraph NAME, or --all.\n\n${usage}`);
  if (tag !== undefined) {
    if (type ?? key) throw new ToolError("--tag goes with --subgraph alone.");
    return { kind: "cache_tag", subgraphs: [subgraph], cache_tag: tag };
  }
  if (key !== undefined) {
    if (!type) throw new ToolError("--key needs --type: say which type the entity has.");
    return { kind: "entity", subgraph, type, key: keyOf(key) };
  }
  return type ? { kind: "type", subgraph, type } : { kind: "subgraph", subgraph };
}

/** @throws ToolError with what the gateway says. */
async function ask(values: Values, path: string, body?: object): Promise<unknown> {
  const key = process.env["OPERATOR_KEY"];
  if (!key) throw new ToolError("Set OPERATOR_KEY to the key that the gateway was started with.");
  const url = values.url ?? process.env["GATEWAY_URL"] ?? "http://127.0.0.1:4000";
  if (!URL.canParse(path, url)) throw new ToolError(`"${url}" is not the URL of a gateway.`);
  const response = await fetch(new URL(path, url), {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  }).catch((error: unknown) => {
    throw new ToolError(`No gateway answers at ${url}: is it running? (${String(error)})`);
  });
  const text = await response.text();
  if (response.status === 404 && !text.includes('"NOT_FOUND"'))
    throw new ToolError(`${url} has no such path: was the gateway started with OPERATOR_KEY?`);
  const answer = JSON.parse(text) as { errors?: readonly { message: string }[] };
  if (response.ok) return answer;
  throw new ToolError(answer.errors?.[0]?.message ?? `The gateway answered ${response.status}.`);
}

type Command = (values: Values, rest: readonly string[]) => Promise<unknown>;

const commands: Readonly<Record<string, Command>> = {
  inspect: (values, [key, ...more]) => {
    if (!key || more.length > 0) throw new ToolError("Give the key: npm run cache -- inspect KEY");
    return ask(values, `/cache?key=${encodeURIComponent(key)}`);
  },
  purge: (values, [unknown]) => {
    if (unknown !== undefined) throw new ToolError(`purge takes options only, not "${unknown}".`);
    return ask(values, "/invalidation", [toPurge(values)]);
  },
  operations: (values) => ask(values, `/cache/operations?limit=${values.limit ?? 50}`),
  warm: (values) => ask(values, `/cache/warm?limit=${values.limit ?? 50}`, {}),
};

const string = { type: "string" } as const;

await runTool(
  {
    usage,
    options: {
      url: string,
      subgraph: string,
      type: string,
      key: string,
      tag: string,
      all: { type: "boolean" },
      limit: string,
    },
    positionals: true,
  },
  async ({ values, positionals: [command = "", ...rest] }) => {
    const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (!run) throw new ToolError(usage);
    const answer = await run(values, rest);
    console.log(JSON.stringify(answer, undefined, 2));
    return 0;
  },
);
