/**
 * Who is compared, and how each is started. A mode says what of an answer may be shared: nothing
 * (`alone`), the work under way (`shared`), the finished answer (`cached`).
 */
import { fileURLToPath } from "node:url";
import type { OperationName } from "../shop/operations.ts";

export type Mode = "alone" | "shared" | "cached";

export type Launch = { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };

export type Peer = {
  readonly name: string;
  readonly label: string;
  /** Modes that the peer has no feature for are left out. */
  readonly modes: readonly Mode[];
  readonly launch: (given: {
    readonly supergraph: string;
    readonly port: number;
    readonly mode: Mode;
    readonly operation: OperationName;
  }) => Launch;
};

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Environment of City Graph's gateway by mode. */
const cityEnvironment: Readonly<Record<Mode, NodeJS.ProcessEnv>> = {
  alone: { SHARE_IN_FLIGHT: "false", CACHE: "false" },
  shared: { CACHE: "false" },
  cached: { SHARE_IN_FLIGHT: "false" },
};

export const peers: readonly Peer[] = [
  {
    name: "apollo",
    label: "Apollo Gateway 2.14.4 on Apollo Server 5.5.1",
    modes: ["alone", "cached"],
    launch: ({ supergraph, port, mode }) => ({
      args: [here("apollo.ts"), supergraph, String(port), mode],
      env: { APOLLO_TELEMETRY_DISABLED: "1" },
    }),
  },
  {
    name: "hive",
    label: "Hive Gateway 2.15.1 with router-runtime 1.4.23",
    modes: ["alone", "shared", "cached"],
    launch: ({ supergraph, port, mode }) => ({
      args: [
        here("../node_modules/@graphql-hive/gateway/dist/bin.js"),
        "supergraph",
        supergraph,
        "--config-path",
        here("hive.config.mjs"),
        "--fork",
        "1",
        "--host",
        "127.0.0.1",
        "--port",
        String(port),
      ],
      env: { BENCH_MODE: mode },
    }),
  },
  {
    name: "city",
    label: "City Graph",
    modes: ["alone", "shared", "cached"],
    launch: ({ supergraph, port, mode }) => ({
      args: [
        // As docs/operator.md starts it.
        "--max-semi-space-size=32",
        here("../../dist/gateway/main.js"),
        "--supergraph",
        supergraph,
        "--port",
        String(port),
      ],
      env: { LOG_LEVEL: "warn", ...cityEnvironment[mode] },
    }),
  },
  {
    name: "bare",
    label: "bare node:http, same bytes",
    modes: ["alone", "shared", "cached"],
    launch: ({ port, operation }) => ({
      args: [here("bare.ts"), String(port), operation],
      env: {},
    }),
  },
];
