/** `npm run registry`: an agency's or operator's way to the registry, by its HTTP API. */
import { readFile } from "node:fs/promises";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run registry -- COMMAND

  serve                                        the registry itself: docs/registry.md
  check --subgraph NAME --schema FILE [--url ROUTING_URL]
  publish --subgraph NAME --schema FILE [--url ROUTING_URL]
  rollback [--to LAUNCH]
  launches [--variant NAME]
  contracts
  contract NAME [--include TAG]… [--exclude TAG]… [--keep-unreachable] [--force]   for operators
  remove-contract NAME                                                           for operators

  REGISTRY_URL         default http://127.0.0.1:4100
  REGISTRY_CREDENTIAL  the agency's credential, or the operator's key

Ends with 1 when a check or a publish is refused.`;

const options = {
  subgraph: { type: "string" },
  schema: { type: "string" },
  url: { type: "string" },
  to: { type: "string" },
  variant: { type: "string" },
  include: { type: "string", multiple: true },
  exclude: { type: "string", multiple: true },
  "keep-unreachable": { type: "boolean" },
  force: { type: "boolean" },
} as const;

type Told = {
  readonly kind?: string;
  readonly launch?: number;
  readonly findings?: readonly { level: string; code: string; message: string; mend: string }[];
  readonly contracts?: readonly {
    name: string;
    include: readonly string[];
    exclude: readonly string[];
    hideUnreachable: boolean;
  }[];
  readonly launches?: readonly {
    id: number;
    kind: string;
    subgraph: string;
    launchedAt: string;
    launchedBy: string;
  }[];
  readonly id?: number;
  readonly error?: { readonly code: string; readonly message: string };
};

await runTool(
  { usage, options, positionals: true },
  async ({ values, positionals: [command, name] }) => {
    const { REGISTRY_URL: url = "http://127.0.0.1:4100", REGISTRY_CREDENTIAL: credential = "" } =
      process.env;
    async function ask(method: string, path: string, body?: string): Promise<Told> {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${credential}` },
        ...(body === undefined ? {} : { body }),
      }).catch((error: unknown) => {
        throw new ToolError(`The registry ${url} does not answer: ${String(error)}`);
      });
      const told = (await response.json()) as Told;
      if (told.error) throw new ToolError(`${told.error.code}: ${told.error.message}`);
      if (!response.ok) process.exitCode = 1;
      return told;
    }
    const tellFindings = ({ findings = [] }: Told): void => {
      for (const { level, code, message, mend } of findings)
        console.log(`${level} ${code}: ${message}\n  ${mend}`);
    };
    if (command === "check" || command === "publish") {
      const { subgraph, schema, url: routingUrl } = values;
      if (!subgraph || !schema)
        throw new ToolError(`--subgraph and --schema are needed.\n\n${usage}`);
      const parameters = new URLSearchParams({ subgraph, ...(routingUrl ? { routingUrl } : {}) });
      const told = await ask(
        "POST",
        `/${command}?${parameters.toString()}`,
        await readFile(schema, "utf8"),
      );
      tellFindings(told);
      const state = process.exitCode === 1 ? "refused" : (told.kind ?? "passes");
      console.log(told.launch === undefined ? state : `${state}: launch ${told.launch}`);
    } else if (command === "rollback") {
      const body = values.to === undefined ? {} : { to: Number(values.to) };
      const { id } = await ask("POST", "/rollback", JSON.stringify(body));
      console.log(`rolled back: launch ${id}`);
    } else if (command === "launches") {
      const { variant = "current" } = values;
      const { launches = [] } = await ask(
        "GET",
        `/launches?${new URLSearchParams({ variant }).toString()}`,
      );
      for (const { id, kind, subgraph, launchedAt, launchedBy } of launches)
        console.log(`${id}\t${kind}\t${subgraph}\t${launchedAt}\t${launchedBy}`);
    } else if (command === "contracts") {
      const { contracts = [] } = await ask("GET", "/contracts");
      for (const { name: contract, include, exclude, hideUnreachable } of contracts)
        console.log(
          `${contract}\tinclude: ${include.join(", ") || "everything"}\texclude: ${exclude.join(", ") || "nothing"}${hideUnreachable ? "" : "\tunreachable types kept"}`,
        );
    } else if (command === "contract" && name) {
      const { include, exclude, force } = values;
      const hideUnreachable = values["keep-unreachable"] !== true;
      const contract = { name, include, exclude, hideUnreachable, force };
      const told = await ask("POST", "/contracts", JSON.stringify(contract));
      tellFindings(told);
      console.log(told.launch === undefined ? told.kind : `${told.kind}: launch ${told.launch}`);
    } else if (command === "remove-contract" && name) {
      await ask("POST", "/contracts/remove", JSON.stringify({ name }));
      console.log("removed");
    } else throw new ToolError(usage);
    return undefined;
  },
);
