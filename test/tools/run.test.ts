/**
 * The launcher in small projects of its own: real npm installs real packages (packed here, no network),
 * whose programs stand for node, tsc and the checks, and write down that they ran.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cp, readFile, rm, writeFile, chmod, mkdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { fromRoot } from "../../platform/root.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const run = promisify(execFile);
const programs = ["node", "tsc", "oxlint", "oxfmt", "vitest"];

/** Writes its name and arguments to `ran`; fails when FAIL names it. */
const recorder = (name: string) => `#!/bin/sh
echo "${name} $*" >> ran
case " $FAIL " in *" ${name} "*) echo "${name} found a mistake"; exit 1;; esac
${name === "node" ? `exec "${process.execPath}" "$@"` : ""}
${name === "tsc" ? "mkdir -p dist/tools dist/gateway && cp source/*.js dist/tools/ && cp source/main.js dist/gateway/" : ""}
`;

const command = `
console.log("output", process.argv.slice(2).join(" "));
process.exit(Number(process.argv[2] ?? 0));
`;
/** Stands for a server: lives until it is told to end, or its channel closes. */
const server = `
import { writeFileSync } from "node:fs";
const end = (why, code) => { writeFileSync("ended", why); process.exit(code); };
process.on("SIGTERM", () => end("SIGTERM", 7));
process.on("disconnect", () => end("disconnect", 0));
setInterval(() => {}, 1_000);
console.log("up", process.pid);
`;

let packed: TempFolder;

async function pack(version: string): Promise<void> {
  const folder = packed.file(`source-${version}`);
  await mkdir(folder, { recursive: true });
  const bin = Object.fromEntries(programs.map((name) => [name, `${name}.sh`]));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "programs", version, bin }));
  for (const name of programs) {
    await writeFile(join(folder, `${name}.sh`), recorder(name));
    await chmod(join(folder, `${name}.sh`), 0o755);
  }
  await run("npm", ["pack", "--silent", "--pack-destination", packed.path], { cwd: folder });
}

beforeAll(async () => {
  packed = await tempFolder();
  for (const version of ["1.0.0", "2.0.0"]) {
    await pack(version);
    versions.set(version, await makeLock(version));
  }
});
afterAll(() => packed[Symbol.asyncDispose]());

type Manifests = { readonly manifest: string; readonly lock: string };

/** package.json and its lock for one version of the package with the programs. */
async function makeLock(version: string): Promise<Manifests> {
  const manifest = JSON.stringify({
    name: "project",
    version: "1.0.0",
    type: "module",
    scripts: { preinstall: "echo install >> ran" },
    dependencies: { programs: `file:${packed.file(`programs-${version}.tgz`)}` },
  });
  await using folder = await tempFolder({ "package.json": manifest });
  const lockOnly = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit"];
  await run("npm", lockOnly, { cwd: folder.path });
  return { manifest, lock: await readFile(folder.file("package-lock.json"), "utf8") };
}

const versions = new Map<string, Manifests>();

async function lockVersion(project: TempFolder, version: string): Promise<void> {
  const { manifest = "", lock = "" } = versions.get(version) ?? {};
  await writeFile(project.file("package.json"), manifest);
  await writeFile(project.file("package-lock.json"), lock);
}

async function freshClone(): Promise<TempFolder> {
  const project = await tempFolder({
    "source/token.js": command,
    "source/start.js": server,
    "source/main.js": command,
    "tools/token.ts": "",
    "tools/start.ts": "",
    "gateway/main.ts": "",
  });
  await cp(fromRoot("tools/run.mjs"), project.file("tools/run.mjs"));
  await cp(fromRoot("tools/run"), project.file("tools/run"), { recursive: true });
  await lockVersion(project, "1.0.0");
  return project;
}

/** Without the programs of this repository on the PATH. */
const path = (process.env["PATH"] ?? "")
  .split(":")
  .filter((folder) => !folder.includes("node_modules"))
  .join(":");

function start(project: TempFolder, args: readonly string[], env: Record<string, string> = {}) {
  const launcher = spawn(process.execPath, [project.file("tools/run.mjs"), ...args], {
    cwd: project.path,
    env: { ...process.env, PATH: path, ...env },
  });
  // A test that fails must leave nothing running; the command ends when its channel closes.
  onTestFinished(() => void launcher.kill("SIGKILL"));
  return launcher;
}

async function ending(child: ChildProcess) {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

const launch = (project: TempFolder, args: readonly string[], env: Record<string, string> = {}) =>
  ending(start(project, args, env));

async function ran(project: TempFolder): Promise<readonly string[]> {
  const text = await readFile(project.file("ran"), "utf8").catch(() => "");
  await rm(project.file("ran"), { force: true });
  return text.split("\n").flatMap((line) => line.split(" ")[0] || []);
}

/** The first line that a child prints. */
const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) =>
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString())),
  );

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the launcher", () => {
  test("installs and builds in a fresh clone, and after that only builds", async () => {
    await using project = await freshClone();
    const first = await launch(project, ["token", "0", "b"]);
    expect(first).toMatchObject({ code: 0, stdout: "output 0 b\n" });
    expect(first.stderr).toContain("Installing packages");
    expect(await ran(project)).toEqual(["install", "tsc", "node"]);
    const second = await launch(project, ["token", "0"]);
    expect(second).toMatchObject({ code: 0, stdout: "output 0\n", stderr: "" });
    expect(await ran(project)).toEqual(["tsc", "node"]);
  });

  test("installs again when the lock names another version", async () => {
    await using project = await freshClone();
    await launch(project, ["token"]);
    await lockVersion(project, "2.0.0");
    await ran(project);
    expect((await launch(project, ["token"])).code).toBe(0);
    expect(await ran(project)).toContain("install");
  });

  test("installs again after an installation that was interrupted", async () => {
    await using project = await freshClone();
    await launch(project, ["token"]);
    await rm(project.file("node_modules/.package-lock.json"));
    await ran(project);
    await launch(project, ["token"]);
    expect(await ran(project)).toContain("install");
  });

  test("does not install again what `npm install` installed by hand", async () => {
    await using project = await freshClone();
    await run("npm", ["install", "--no-audit"], { cwd: project.path });
    await ran(project);
    expect((await launch(project, ["token"])).stderr).toBe("");
    expect(await ran(project)).toEqual(["tsc", "node"]);
  });

  test("says what failed when packages cannot be installed, and runs nothing", async () => {
    await using project = await freshClone();
    await writeFile(project.file("package-lock.json"), "{}");
    const { code, stdout, stderr } = await launch(project, ["token"]);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("Installing packages (npm ci) failed");
    expect(await ran(project)).not.toContain("node");
  });

  test("says how to get npm when there is none", async () => {
    await using project = await freshClone();
    const { code, stderr } = await launch(project, ["token"], { PATH: "/nowhere" });
    expect(code).toBe(1);
    expect(stderr).toContain("Cannot run npm");
  });

  test("installs once when two commands begin at the same time", async () => {
    await using project = await freshClone();
    const both = await Promise.all([launch(project, ["token"]), launch(project, ["token"])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect((await ran(project)).filter((name) => name === "install")).toHaveLength(1);
  });

  test("is not held up by the lock of a launcher that is gone", async () => {
    await using project = await freshClone();
    await mkdir(project.file(".city"));
    const gone = spawn("true");
    await new Promise((resolve) => gone.once("exit", resolve));
    await writeFile(project.file(".city/install.lock"), `${gone.pid}`);
    expect((await launch(project, ["token"])).code).toBe(0);
    expect(existsSync(project.file(".city/install.lock"))).toBe(false);
  });

  test("runs the command in the folder of whoever calls it", async () => {
    await using project = await freshClone();
    await writeFile(project.file("source/token.js"), "console.log(process.cwd())");
    const script = project.file("tools/run.mjs");
    await launch(project, ["build"]);
    const { stdout } = await run(process.execPath, [script, "token"], {
      cwd: project.file("source"),
      env: { ...process.env, PATH: path },
    });
    expect(stdout).toBe(`${project.file("source")}\n`);
  });

  test("ends with the command's exit code", async () => {
    await using project = await freshClone();
    expect((await launch(project, ["token", "3"])).code).toBe(3);
  });

  test("runs nothing when the build fails", async () => {
    await using project = await freshClone();
    const { code, stderr } = await launch(project, ["token"], { FAIL: "tsc" });
    expect(code).toBe(1);
    expect(stderr).toContain("tsc found a mistake\nBuilding (tsc) failed");
    expect(await ran(project)).not.toContain("node");
  });

  test("removes what was built of sources that are gone", async () => {
    await using project = await freshClone();
    await writeFile(project.file("source/old.js"), command);
    await writeFile(project.file("tools/old.ts"), "");
    await launch(project, ["token"]);
    expect(existsSync(project.file("dist/tools/old.js"))).toBe(true);
    await rm(project.file("tools/old.ts"));
    await launch(project, ["token"]);
    expect(existsSync(project.file("dist/tools/old.js"))).toBe(false);
    expect(existsSync(project.file("dist/tools/token.js"))).toBe(true);
  });

  test("passes SIGTERM on and waits for the command", async () => {
    await using project = await freshClone();
    const launcher = start(project, ["start"]);
    await firstLine(launcher);
    launcher.kill("SIGTERM");
    expect((await ending(launcher)).code).toBe(7);
    expect(await readFile(project.file("ended"), "utf8")).toBe("SIGTERM");
  });

  test("lets the command notice when the launcher is killed", async () => {
    await using project = await freshClone();
    const launcher = start(project, ["start"]);
    const pid = Number((await firstLine(launcher)).split(" ")[1]);
    expect(isAlive(pid)).toBe(true);
    onTestFinished(() => void (isAlive(pid) && process.kill(pid, "SIGKILL")));
    launcher.kill("SIGKILL");
    await until(() => !isAlive(pid));
    expect(await readFile(project.file("ended"), "utf8")).toBe("disconnect");
  });

  test.each([
    [[], "Usage: "],
    [["paint"], 'There is no command "paint".'],
    [["constructor"], 'There is no command "constructor".'],
  ])("refuses %j with the list of commands", async (args, message) => {
    await using project = await freshClone();
    const { code, stderr } = await launch(project, args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain("npm run compose");
  });
});

describe("npm test", () => {
  test("runs the checks, then the tests with the arguments that it was given", async () => {
    await using project = await freshClone();
    expect((await launch(project, ["test", "test/a", "-t", "b"])).code).toBe(0);
    const lines = (await readFile(project.file("ran"), "utf8")).trim().split("\n");
    expect(lines.slice(1)).toEqual([
      "tsc -p tsconfig.json",
      "oxlint --type-aware",
      "oxfmt --check .",
      "tsc -p tsconfig.build.json --noCheck",
      "vitest run test/a -t b",
    ]);
  });

  test.each([
    ["oxlint", "Failed: lint. See above."],
    ["oxfmt", "Failed: format (mend it by `npm run format`). See above."],
    ["vitest", ""],
  ])("fails when %s fails, and runs the rest", async (name, message) => {
    await using project = await freshClone();
    const { code, stdout, stderr } = await launch(project, ["test"], { FAIL: name });
    expect(code).toBe(1);
    expect(await ran(project)).toEqual(["install", "tsc", "oxlint", "oxfmt", "tsc", "vitest"]);
    expect(stdout).toContain(`${name} found a mistake`);
    expect(stderr).toContain(message);
  });

  /** A project with nothing on the PATH but what is named; user `uid` runs it. */
  async function withoutRedis(uid: number, tools: Readonly<Record<string, string>> = {}) {
    const project = await freshClone();
    await launch(project, ["build"]);
    await ran(project);
    await mkdir(project.file("few"));
    for (const name of ["sh", "mkdir", "cp", "chmod"]) {
      await run("ln", ["-s", `/bin/${name}`, project.file(`few/${name}`)]);
    }
    for (const [name, text] of Object.entries(tools)) {
      await writeFile(
        project.file(`few/${name}`),
        `#!/bin/sh\necho "${name} $*" >> ran\n${text}\n`,
      );
      await chmod(project.file(`few/${name}`), 0o755);
    }
    const user = `data:text/javascript,process.getuid=()=>${uid}`;
    const env = { PATH: project.file("few"), NODE_OPTIONS: `--import=${user}` };
    return { project, env };
  }

  test.each([
    ["no right to install it", 1000, { "apt-get": "" }],
    ["no apt-get", 0, {}],
  ])(
    "says exactly what to install when there is no redis-server and %s",
    async (_why, uid, tools) => {
      const { project, env } = await withoutRedis(uid, tools);
      await using _project = project;
      const { code, stderr } = await launch(project, ["test"], env);
      expect(code).toBe(1);
      expect(stderr).toContain("sudo apt-get install redis-server");
      expect(await ran(project)).toEqual([]);
    },
  );

  test("installs redis-server as root by apt-get, and leaves no service running", async () => {
    const { project, env } = await withoutRedis(0, {
      "apt-get": `case "$*" in *install*) echo '#!/bin/sh' > few/redis-server; chmod +x few/redis-server;; esac`,
      systemctl: "",
      service: "",
    });
    await using _project = project;
    expect((await launch(project, ["test"], env)).code).toBe(0);
    const lines = (await readFile(project.file("ran"), "utf8")).trim().split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "apt-get --version",
      "apt-get update -qq",
      "apt-get install -y -qq --no-install-recommends redis-server",
    ]);
    expect(lines[3]).toMatch(/^(systemctl disable --now redis-server|service redis-server stop)$/);
    expect(lines.at(-1)).toBe("vitest run");
  });

  test("ends when redis-server cannot be installed", async () => {
    const tools = { "apt-get": `case "$*" in *update*) exit 100;; esac` };
    const { project, env } = await withoutRedis(0, tools);
    await using _project = project;
    const { code, stderr } = await launch(project, ["test"], env);
    expect(code).toBe(100);
    expect(stderr).toContain("apt-get update failed");
    expect(await ran(project)).not.toContain("vitest");
  });
});
