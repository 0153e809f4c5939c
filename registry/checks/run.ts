/** All checks over one SDL: first what it is by itself, then what it does to the graph. */
import { composeServices } from "@apollo/composition";
import { GraphQLError, parse, Source } from "graphql";
import { toProblem } from "../../schema/problem.ts";
import { finding, type Finding } from "../findings.ts";
import { type GraphView, viewGraph } from "../graph-view.ts";
import type { Contract } from "../contracts/compose-contract.ts";
import { checkBreaking } from "./breaking.ts";
import { checkCacheability } from "./cacheability.ts";
import { checkContractClients, checkTags, composeContracts } from "./contracts.ts";
import type { Check, CheckInput } from "./input.ts";
import { checkKnownOperations, checkPlans } from "./known-operations.ts";
import { checkLint } from "./lint.ts";
import { checkOwnership } from "./ownership.ts";
import { checkOwnershipOfValues } from "./ownership-values.ts";
import { checkPersonalData } from "./personal-data.ts";
import { checkRestrictions } from "./restrictions.ts";
import { checkSize } from "./size.ts";

const ofTheGraph: readonly Check[] = [
  checkSize,
  checkLint,
  checkOwnership,
  checkOwnershipOfValues,
  checkRestrictions,
  checkPersonalData,
  checkCacheability,
  checkBreaking,
  checkKnownOperations,
  checkPlans,
];

export type Checked = {
  /** Whether it may be published. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** undefined when the subgraphs do not compose. */
  readonly supergraph: string | undefined;
  /** Supergraphs by contract. */
  readonly contracts: ReadonlyMap<string, string>;
};

export type RunChecksInput = Omit<CheckInput, "document" | "next" | "live"> & {
  readonly liveSupergraph: string | undefined;
  readonly contracts?: readonly Contract[];
  /** What is launched of each contract. */
  readonly liveContracts?: ReadonlyMap<string, string>;
};

const mendComposition =
  "Change the SDL at the place named; npm run compose tells the same on your machine.";

function compose({ subgraph, others }: RunChecksInput): {
  supergraph?: string;
  findings: Finding[];
} {
  const members = [...others, subgraph].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const composed = composeServices(
    members.map(({ name, routingUrl: url, sdl }) => ({
      name,
      url,
      typeDefs: parse(new Source(sdl, name)),
    })),
  );
  if (composed.supergraphSdl) return { supergraph: composed.supergraphSdl, findings: [] };
  const names = members.map(({ name }) => name);
  const findings = (composed.errors ?? []).map((error) => {
    const { code, message } = toProblem(error, names);
    return finding("COMPOSITION", subgraph.name, `${code}: ${message}`, mendComposition);
  });
  return { findings };
}

/** Composes, and is then carried out by Apollo's Router alone: what it stands for would never be answered. */
const connectors = "https://specs.apollo.dev/connect/";

function parseSdl({ name, sdl }: CheckInput["subgraph"]) {
  try {
    return { document: parse(new Source(sdl, name)) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    const message = `${error.message} (at ${name}:${line}:${column})`;
    return { refused: finding("COMPOSITION", name, message, mendComposition) };
  }
}

const refusedBy = (findings: readonly Finding[]): Checked => ({
  ok: false,
  findings,
  supergraph: undefined,
  contracts: new Map(),
});

export async function runChecks(input: RunChecksInput): Promise<Checked> {
  const { document, refused } = parseSdl(input.subgraph);
  if (!document) return refusedBy(refused ? [refused] : []);
  const { name, sdl } = input.subgraph;
  if (sdl.includes(connectors)) {
    const message =
      "Connectors (@connect, @source) are not carried out by the gateways of this graph.";
    const mend = "Answer these fields in your subgraph, and take the @link of connectors out.";
    return refusedBy([finding("COMPOSITION", name, message, mend)]);
  }
  const { supergraph, findings: problems } = compose(input);
  if (!supergraph) return refusedBy(problems);
  // Contracts that hide nothing are the whole graph: it is looked at once.
  const views = new Map<string, GraphView>();
  const viewOf = (text: string): GraphView => {
    const view = views.get(text) ?? viewGraph(text);
    views.set(text, view);
    return view;
  };
  const { liveSupergraph, usage, contracts = [], liveContracts } = input;
  const live = liveSupergraph === undefined ? undefined : viewOf(liveSupergraph);
  const whole: CheckInput = { ...input, document, live, next: viewOf(supergraph) };
  const found = (await Promise.all(ofTheGraph.map(async (check) => check(whole)))).flat();
  const composed = composeContracts(supergraph, contracts);
  found.push(...checkTags(document, contracts), ...composed.findings);
  for (const contract of contracts) {
    const [before, after] = [
      liveContracts?.get(contract.name),
      composed.supergraphs.get(contract.name),
    ];
    if (before === undefined || after === undefined || before === after) continue;
    if (before === liveSupergraph && after === supergraph) continue;
    const both = { contract, live: viewOf(before), next: viewOf(after) };
    found.push(...(await checkContractClients(both, usage, found)));
  }
  const ok = found.every(({ level }) => level !== "error");
  return { ok, findings: found, supergraph, contracts: composed.supergraphs };
}
