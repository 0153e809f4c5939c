/** `npm run registry -- …`: checks, publishes and rolls back over the registry's HTTP API. */
import { readFile } from "node:fs/promises";
import { print } from "graphql";
import { readRover } from "../schema/rover.ts";
import { readSdl } from "../schema/sdl.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run registry -- COMMAND [options]

  check NAME FILE --routing-url URL     what publishing this SDL would do; nothing is changed
  publish NAME FILE --routing-url URL   makes it live when every check passes
  check|publish --rover rover.yaml      the same for all subgraphs that it lists, together
      --accept COORDINATE               operators: break this all the same (may be repeated)
  rollback [--to LAUNCH]                the launch before the live one becomes live, or that one
  launches [--limit N]                  what was live since when, by whom; newest first

  --variant NAME   default: city, the whole graph
  --url URL        of the registry; else REGISTRY_URL, else http://127.0.0.1:4100

REGISTRY_TOKEN is your credential. The registry itself is started by \`npm run registry:serve\`.`;

type Values = {
  readonly "routing-url"?: string;
  readonly rover?: string;
  readonly accept?: readonly string[];
  readonly to?: string;
  readonly limit?: string;
  readonly variant?: string;
  readonly url?: string;
};

type Answer = {
  readonly error?: { readonly message: string };
  readonly problems?: readonly {
    readonly check: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly hints?: readonly string[];
  readonly changed?: boolean;
  readonly launchId?: number;
  readonly restores?: number;
  readonly subgraphs?: readonly string[];
  readonly launches?: readonly {
    readonly id: number;
    readonly sha256: string;
    readonly restores: number | null;
    readonly launchedAt: string;
    readonly launchedBy: string;
  }[];
};

/** @throws ToolError with what the registry says, every problem on a line of its own. */
async function ask(values: Values, path: string, body?: object): Promise<Answer> {
  const token = process.env["REGISTRY_TOKEN"];
  if (!token) throw new ToolError("Set REGISTRY_TOKEN to your credential for the registry.");
  const url = values.url ?? process.env["REGISTRY_URL"] ?? "http://127.0.0.1:4100";
  if (!URL.canParse(path, url)) throw new ToolError(`"${url}" is not the URL of a registry.`);
  const response = await fetch(new URL(path, url), {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  }).catch((error: unknown) => {
    throw new ToolError(`No registry answers at ${url}: is it running? (${String(error)})`);
  });
  let answer: Answer;
  try {
    answer = (await response.json()) as Answer;
  } catch {
    throw new ToolError(`What answers at ${url} is no registry (HTTP status ${response.status}).`);
  }
  if (response.ok) return answer;
  const problems = (answer.problems ?? []).map((one) => `${one.check} ${one.code}: ${one.message}`);
  const summary = answer.error?.message ?? `${problems.length} problems were found.`;
  throw new ToolError([...problems, summary].join("\n"));
}

async function subgraphsOf(values: Values, [name, file, ...more]: readonly string[]) {
  const { rover, "routing-url": routingUrl } = values;
  if (rover !== undefined) {
    if (name !== undefined) throw new ToolError("--rover stands alone: it names the subgraphs.");
    const { subgraphs } = await readRover(rover);
    return Promise.all(
      subgraphs.map(async (subgraph) => {
        const read = await readSdl(rover, subgraph);
        if (!read.ok) throw new ToolError(read.problem.message);
        const { source } = read.document.loc ?? {};
        const sdl = source?.body ?? print(read.document);
        return { name: subgraph.name, routingUrl: subgraph.routingUrl, sdl };
      }),
    );
  }
  if (!name || !file || !routingUrl || more.length > 0)
    throw new ToolError(`Give a name, a file and --routing-url, or --rover.\n\n${usage}`);
  const sdl = await readFile(file, "utf8").catch((error: unknown) => {
    throw new ToolError(`Cannot read "${file}": ${(error as Error).message}`);
  });
  return [{ name, routingUrl, sdl }];
}

async function toPublish(values: Values, rest: readonly string[]): Promise<object> {
  const { variant, accept } = values;
  return {
    subgraphs: await subgraphsOf(values, rest),
    ...(variant ? { variant } : {}),
    ...(accept ? { accept } : {}),
  };
}

const tellHints = ({ hints = [] }: Answer): void => {
  for (const hint of hints) console.log(`hint: ${hint}`);
};

type Command = (values: Values, rest: readonly string[]) => Promise<void>;

const commands: Readonly<Record<string, Command>> = {
  async check(values, rest) {
    tellHints(await ask(values, "/check", await toPublish(values, rest)));
    console.log("Every check passes.");
  },
  async publish(values, rest) {
    const answer = await ask(values, "/publish", await toPublish(values, rest));
    tellHints(answer);
    const { changed, launchId } = answer;
    console.log(changed ? `Live as launch ${launchId}.` : `Launch ${launchId} is this already.`);
  },
  async rollback(values) {
    const { to, variant } = values;
    const body = { ...(variant ? { variant } : {}), ...(to ? { toLaunch: Number(to) } : {}) };
    const { launchId, restores, subgraphs = [] } = await ask(values, "/rollback", body);
    console.log(`Live as launch ${launchId}: ${restores} again. Changed: ${subgraphs.join(", ")}.`);
  },
  async launches({ limit = "20", variant = "city", ...values }) {
    const query = new URLSearchParams({ limit, variant });
    const { launches = [] } = await ask(values, `/launches?${query.toString()}`);
    for (const { id, sha256, restores, launchedAt, launchedBy } of launches) {
      const again = restores === null ? "" : `  (${restores} again)`;
      console.log(`${id}  ${launchedAt}  ${sha256.slice(0, 12)}  ${launchedBy}${again}`);
    }
  },
};

const string = { type: "string" } as const;

await runTool(
  {
    usage,
    options: {
      "routing-url": string,
      rover: string,
      accept: { type: "string", multiple: true },
      to: string,
      limit: string,
      variant: string,
      url: string,
    },
    positionals: true,
  },
  async ({ values, positionals: [command = "", ...rest] }) => {
    const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (!run) throw new ToolError(usage);
    await run(values, rest);
    return 0;
  },
);
