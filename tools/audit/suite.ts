/** One suite of the audit: our gateway started on the suite's supergraph, every case asked, stopped. */
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { listen } from "../../platform/listen.ts";
import { fromRoot } from "../../platform/root.ts";
import { startChild } from "../child.ts";
import { ToolError } from "../tool.ts";
import { type AuditCase, differenceOf } from "./case.ts";

const requestTimeoutMs = 20_000;

export type Failure = {
  readonly index: number;
  readonly query: string;
  readonly difference: string;
};
export type SuiteResult = {
  readonly id: string;
  readonly cases: number;
  readonly failures: readonly Failure[];
};

/** One that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, { host: "127.0.0.1", port: 0, portSetting: "the port" });
  await new Promise((done) => server.close(done));
  return port;
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  if (response.ok) return response;
  throw new ToolError(`${url} answers ${response.status}: is this the audit that it should be?`);
}

export const readSuiteIds = async (origin: string): Promise<readonly string[]> =>
  (await (await get(`${origin}/ids`)).json()) as string[];

async function ask(url: string, query: string) {
  const response = await fetch(url, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  return (await response.json()) as { data?: unknown; errors?: readonly unknown[] };
}

/**
 * @param origin Where the audit serves its suites.
 * @param folder For the supergraph and the gateway's log.
 * @throws ToolError when the gateway does not start on the suite's supergraph.
 */
export async function runSuite(origin: string, id: string, folder: string): Promise<SuiteResult> {
  const supergraph = join(folder, `${id}.graphql`);
  await writeFile(supergraph, await (await get(`${origin}/${id}/supergraph`)).text());
  const cases = (await (await get(`${origin}/${id}/tests`)).json()) as AuditCase[];
  const port = await freePort();
  const gateway = startChild({
    name: `the gateway of ${id}`,
    script: fromRoot("dist/gateway/main.js"),
    args: ["--supergraph", supergraph, "--port", `${port}`],
    env: { ...process.env, LOG_LEVEL: "error" },
    logFile: join(folder, `${id}.log`),
    readyUrl: `http://127.0.0.1:${port}/health`,
    advice: `Its supergraph is ${supergraph}.`,
    say: () => {},
  });
  try {
    await gateway.ready;
    const failures: Failure[] = [];
    for (const [index, one] of cases.entries()) {
      const difference = await ask(`http://127.0.0.1:${port}/graphql`, one.query).then(
        (answer) => differenceOf(one, answer),
        (error: Error) => `no answer: ${error.message}`,
      );
      if (difference !== undefined) failures.push({ index, query: one.query, difference });
    }
    return { id, cases: cases.length, failures };
  } finally {
    await gateway.stop();
  }
}
