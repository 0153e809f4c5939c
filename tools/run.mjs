/**
 * The one launcher of every command, for any Node 20 or later in a fresh clone: installs what is
 * missing, builds, and runs the command on the Node version that the project pins.
 * Plain JavaScript on purpose: nothing is installed when it starts.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { build } from "./run/build.mjs";
import { install } from "./run/install.mjs";
import { whileLocked } from "./run/lock.mjs";
import { LauncherError, runProcess, say } from "./run/process.mjs";
import { installRedis } from "./run/redis.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const usage = `Usage: node tools/run.mjs COMMAND [arguments]    (each is an npm script too)

  start     the whole city on this machine      npm start [-- --help]
  gateway   the gateway alone, any supergraph   npm run gateway -- --help
  token     a token for somebody of the seed    npm run -s token -- person
  compose   SDL and supergraph in schema/       npm run compose [-- --check]
  personal-data  what personal data the graph holds
  catalogue:check  the catalogue of datasets against SHACL shapes
  plan      what an operation asks of whom      npm run plan -- FILE
  cache     a running gateway's cache           npm run cache -- --help
  registry  check, publish, roll back           npm run registry -- --help
  conformance  a running subgraph, judged        npm run conformance -- URL --help
  dev       the city with yours laid over it    npm run dev -- --help
  new-subgraph  a subgraph to begin with         npm run new-subgraph -- NAME
  audit     the public federation audit         npm run audit -- --help
  bench     gateways side by side               npm run bench -- --help
  bench:cache  with and without the cache       npm run bench:cache -- --seconds 8
  ledger:verify    the books of payments        npm run ledger:verify
  bench:payments   paying, by size of ledger    npm run bench:payments -- --seconds 8
  bench:data-sharing  granted queries, with the access log and without
  faults:payments  payments under fire          npm run faults:payments -- --seconds 60
  faults:partner   a partner in trouble         npm run faults:partner -- --help
  faults:cache     the cache under fire         npm run faults:cache -- --seconds 60
  search:judge  the search, judged
  near-me:measure  ways to find what is near    npm run near-me:measure -- --times 200
  access-log:verify  proofs of the access log, offline
  access-log:audit   the whole access log, against heads that were kept
  fuzz:execution   answers against one schema   npm run fuzz:execution -- --help
  build     TypeScript to dist/                 npm run build
  check     types, lint, format                 npm run check
  test      check, then the tests               npm test [-- FILE …]`;

const checks = [
  ["types", "tsc", ["-p", "tsconfig.json"]],
  ["lint", "oxlint", ["--type-aware"]],
  ["format (mend it by `npm run format`)", "oxfmt", ["--check", "."]],
];

/** All of them, whichever fail: one run tells everything. @returns names of those that failed. */
async function check() {
  const failed = [];
  for (const [what, command, args] of checks) {
    say(`· ${what.split(" ")[0]}`);
    if ((await runProcess(command, args, { root })) !== 0) failed.push(what);
  }
  return failed;
}

const tellFailed = (failed) => say(`Failed: ${failed.join(", ")}. See above.`);

/**
 * @param script What runs, below dist/. Types are not checked: the program starts even so.
 * @param nodeOptions Node's own.
 */
const program =
  (script, nodeOptions = []) =>
  async (args) => {
    await whileLocked(root, () => build(root, { types: false }));
    const file = join(root, "dist", script);
    // In the caller's folder: `--supergraph ../mine.graphql` means what it says.
    const options = { root, cwd: process.cwd(), ipc: true };
    return runProcess("node", [...nodeOptions, "--enable-source-maps", file, ...args], options);
  };

async function runBench(file, args) {
  const bench = join(root, "bench");
  await whileLocked(root, async () => {
    await install(bench);
    await build(root, { types: false });
  });
  return runProcess("node", [join(bench, file), ...args], { root, ipc: true });
}

const commands = {
  start: program("tools/start.js"),
  // Less memory for a little more CPU: docs/performance.md.
  gateway: program("gateway/main.js", ["--max-semi-space-size=32"]),
  token: program("tools/token.js"),
  compose: program("tools/compose.js"),
  "personal-data": program("tools/personal-data.js"),
  "catalogue:check": (args) =>
    runProcess("node", [join(root, "test", "shapes", "check-catalogue.ts"), ...args], {
      root,
      cwd: process.cwd(),
    }),
  registry: ([command, ...args]) =>
    command === "serve"
      ? program("registry/main.js")(args)
      : program("tools/registry.js")([command, ...args].filter((one) => one !== undefined)),
  conformance: program("tools/conformance.js"),
  dev: program("tools/dev.js"),
  "new-subgraph": program("tools/new-subgraph.js"),
  audit: program("tools/audit.js"),
  plan: program("tools/plan.js"),
  cache: program("tools/cache.js"),
  bench: (args) => runBench("main.ts", args),
  "bench:growth": (args) => runBench("growth/main.ts", args),
  "bench:cache": (args) => runBench("caching/main.ts", args),
  async "bench:payments"(args) {
    await whileLocked(root, () => build(root, { types: false }));
    const file = join(root, "test", "load", "payments.ts");
    return runProcess("node", [file, ...args], { root });
  },
  async "bench:data-sharing"(args) {
    await whileLocked(root, () => build(root, { types: false }));
    const file = join(root, "test", "load", "data-sharing.ts");
    return runProcess("node", [file, ...args], { root });
  },
  "ledger:verify": program("tools/ledger-verify.js"),
  /** Settings travel by the environment: the test runner takes no arguments of ours. */
  async "faults:payments"(args) {
    const number = { type: "string" };
    const options = { seconds: number, seed: number, payers: number };
    const { values } = parseArgs({ args, options });
    for (const [name, value] of Object.entries({ seconds: "60", ...values })) {
      process.env[`FAULT_${name.toUpperCase()}`] = value;
    }
    await installRedis(root);
    const file = "test/faults/payments.test.ts";
    return runProcess("vitest", ["run", file, "--disable-console-intercept"], { root });
  },
  async "faults:partner"(args) {
    await whileLocked(root, () => build(root, { types: false }));
    return runProcess("node", ["test/faults/partner/main.ts", ...args], { root, ipc: true });
  },
  async "faults:cache"(args) {
    const number = { type: "string" };
    const { values } = parseArgs({ args, options: { seconds: number, seed: number } });
    for (const [name, value] of Object.entries({ seconds: "60", ...values })) {
      process.env[`FAULT_${name.toUpperCase()}`] = value;
    }
    await installRedis(root);
    const files = ["test/faults/cache.test.ts", "test/faults/cache-gateways.test.ts"];
    const alone = ["--no-file-parallelism", "--disable-console-intercept"];
    return runProcess("vitest", ["run", ...files, ...alone], { root });
  },
  "search:judge": (args) =>
    runProcess("node", ["test/search/judge.ts", ...args], { root, ipc: true }),
  "near-me:measure": (args) =>
    runProcess("node", ["test/load/near-me/main.ts", ...args], { root, ipc: true }),
  "fuzz:execution": (args) =>
    runProcess("node", ["test/fuzz/main.ts", ...args], { root, ipc: true }),
  "access-log:verify": program("tools/verify-access-log.js"),
  "access-log:audit": program("tools/audit-access-log.js"),
  async build() {
    await whileLocked(root, () => build(root, { types: true }));
    return 0;
  },
  async check() {
    const failed = await check();
    if (failed.length > 0) tellFailed(failed);
    return failed.length > 0 ? 1 : 0;
  },
  async test(args) {
    await installRedis(root);
    const failed = await check();
    await whileLocked(root, () => build(root, { types: false }));
    const code = await runProcess("vitest", ["run", ...args], { root });
    if (failed.length > 0) tellFailed(failed);
    return code || (failed.length > 0 ? 1 : 0);
  },
};

async function main([name = "", ...args]) {
  if (name === "--help" || name === "help") return console.log(usage);
  if (!Object.hasOwn(commands, name)) {
    throw new LauncherError(`${name ? `There is no command "${name}".\n\n` : ""}${usage}`);
  }
  if (Number(process.versions.node.split(".")[0]) < 20) {
    throw new LauncherError(`This is Node ${process.versions.node}: Node 20 or later is needed.`);
  }
  await whileLocked(root, () => install(root));
  process.exitCode = await commands[name](args);
}

main(process.argv.slice(2)).catch((error) => {
  say(error instanceof LauncherError ? error.message : error.stack);
  process.exitCode = error instanceof LauncherError ? error.exitCode : 1;
});
