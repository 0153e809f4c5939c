/**
 * The one launcher of every command, for any Node 20 or later in a fresh clone: installs what is
 * missing, builds, and runs the command on the Node version that the project pins.
 * Plain JavaScript on purpose: nothing is installed when it starts.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, "node_modules", ".bin", name);
const say = (text) => process.stderr.write(`${text}\n`);

/** Runs to the end and ends this process with its code when it failed. */
function must(command, args, what) {
  const options = { cwd: root, stdio: "inherit" };
  const { status, error } = spawnSync(command, args, options);
  if (status === 0) return;
  say(`${what} failed${error ? `: ${error.message}` : ""}.`);
  process.exit(status ?? 1);
}

function install() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".city-graph-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  say("Installing packages (about half a minute) …");
  must("npm", ["ci", "--loglevel=error"], "Installing packages");
  writeFileSync(stamp, lock);
}

const build = () => must(bin("tsc"), ["-p", "tsconfig.build.json"], "Building");

function check() {
  must(bin("tsc"), ["-p", "tsconfig.json"], "The type check");
  must(bin("oxlint"), ["--type-aware"], "The linter");
  must(bin("oxfmt"), ["--check", "."], "The format check (mend it by `npm run format`)");
}

/** The tests start a redis-server of their own. */
function installRedis() {
  if (spawnSync("redis-server", ["--version"]).status === 0) return;
  const isRootOnDebian = existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
  if (!isRootOnDebian) {
    say("The tests need redis-server 7 on the PATH. Install it:");
    say("  Debian, Ubuntu: sudo apt-get install redis-server");
    say("  Fedora:         sudo dnf install redis");
    say("  macOS:          brew install redis");
    process.exit(1);
  }
  say("Installing redis-server by apt …");
  must("apt-get", ["update", "-qq"], "apt-get update");
  // Only the program is wanted: the package must not start a service.
  must(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", "redis-tools", "redis-server"],
    "Installing redis-server",
  );
}

function run(script, args) {
  const child = spawn(bin("node"), ["--enable-source-maps", join(root, "dist", script), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

const commands = {
  start: (args) => (build(), run("tools/start.js", args)),
  gateway: (args) => (build(), run("gateway/main.js", args)),
  token: (args) => (build(), run("tools/token.js", args)),
  compose: (args) => (build(), run("tools/compose.js", args)),
  build,
  check,
  test(args) {
    installRedis();
    check();
    build();
    must(bin("vitest"), ["run", ...args], "The tests");
  },
};

const [name = "", ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name)) {
  say(`Usage: node tools/run.mjs ${Object.keys(commands).join("|")} [arguments]`);
  process.exit(1);
}
install();
commands[name](args);
