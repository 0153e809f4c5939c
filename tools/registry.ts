/** `npm run registry`: an agency's or operator's way to the registry, by its HTTP API. */
import { readFile } from "node:fs/promises";
import {
  tellCanary,
  tellContracts,
  tellDone,
  tellFindings,
  tellLaunches,
} from "./registry/tell.ts";
import type { Told } from "./registry/told.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run registry -- COMMAND

  serve                                        the registry itself: docs/registry.md
  check --subgraph NAME --schema FILE [--url ROUTING_URL]
  publish --subgraph NAME --schema FILE [--url ROUTING_URL]
          [--candidate SHARE]                  for SHARE percent of the clients, not live yet
  canary                                       the candidate beside what is live, and a verdict
  share SHARE | promote | withdraw [--reason TEXT]    of the candidate
  rollback [--to LAUNCH]
  launches [--variant NAME]
  contracts
  contract NAME [--include TAG]… [--exclude TAG]… [--keep-unreachable] [--force]   for operators
  remove-contract NAME                                                           for operators

  REGISTRY_URL         default http://127.0.0.1:4100
  REGISTRY_CREDENTIAL  the agency's credential, or the operator's key

Ends with 1 when a check, a publish or a contract is refused.`;

const options = {
  subgraph: { type: "string" },
  schema: { type: "string" },
  url: { type: "string" },
  candidate: { type: "string" },
  reason: { type: "string" },
  to: { type: "string" },
  variant: { type: "string" },
  include: { type: "string", multiple: true },
  exclude: { type: "string", multiple: true },
  "keep-unreachable": { type: "boolean" },
  force: { type: "boolean" },
} as const;

async function ask(route: string, body?: string | object): Promise<Told> {
  const { REGISTRY_URL: url = "http://127.0.0.1:4100", REGISTRY_CREDENTIAL: credential = "" } =
    process.env;
  const [method = "", path = ""] = route.split(" ");
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${credential}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new ToolError(`The registry ${url} does not answer: ${String(error)}`);
  });
  const told = (await response.json()) as Told;
  if (told.error) throw new ToolError(`${told.error.code}: ${told.error.message}`);
  if (!response.ok) process.exitCode = 1;
  return told;
}

await runTool(
  { usage, options, positionals: true },
  async ({ values, positionals: [command, name] }) => {
    async function submit(): Promise<readonly string[]> {
      const { subgraph, schema, url: routingUrl, candidate } = values;
      if (!subgraph || !schema)
        throw new ToolError(`--subgraph and --schema are needed.\n\n${usage}`);
      const parameters = new URLSearchParams({
        subgraph,
        ...(routingUrl ? { routingUrl } : {}),
        ...(command === "publish" && candidate !== undefined ? { candidate } : {}),
      });
      const sdl = await readFile(schema, "utf8");
      const told = await ask(`POST /${command}?${parameters.toString()}`, sdl);
      const passes = command === "check" && process.exitCode !== 1;
      return [...tellFindings(told), passes ? "passes" : tellDone({ kind: "refused", ...told })];
    }

    const commands: Readonly<Record<string, () => Promise<readonly string[]>>> = {
      check: submit,
      publish: submit,
      async rollback() {
        const { id } = await ask(
          "POST /rollback",
          values.to === undefined ? {} : { to: Number(values.to) },
        );
        return [`rolled back: launch ${id}`];
      },
      async launches() {
        const parameters = new URLSearchParams({ variant: values.variant ?? "current" });
        return tellLaunches(await ask(`GET /launches?${parameters.toString()}`));
      },
      contracts: async () => [tellContracts(await ask("GET /contracts"))],
      async contract() {
        const { include, exclude, force } = values;
        const hideUnreachable = values["keep-unreachable"] !== true;
        const told = await ask("POST /contracts", {
          name,
          include,
          exclude,
          hideUnreachable,
          force,
        });
        return [...tellFindings(told), tellDone(told)];
      },
      async "remove-contract"() {
        await ask("POST /contracts/remove", { name });
        return ["removed"];
      },
      canary: async () => tellCanary(await ask("GET /canary")),
      async share() {
        await ask("POST /canary/share", { share: Number(name) });
        return [`for ${name} % of the clients`];
      },
      async promote() {
        const told = await ask("POST /canary/promote");
        return [...tellFindings(told), tellDone(told)];
      },
      async withdraw() {
        await ask("POST /canary/withdraw", { reason: values.reason });
        return ["withdrawn"];
      },
    };
    const run = command !== undefined && Object.hasOwn(commands, command) && commands[command];
    if (!run) throw new ToolError(usage);
    for (const line of await run()) console.log(line);
    return undefined;
  },
);
