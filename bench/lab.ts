/**
 * What every workload needs: the shop's subgraphs, their supergraph in a file, the load's process,
 * and peers started on them and checked to give the right answer.
 */
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fileURLToPath } from "node:url";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import type { Load, Measured } from "./load/client.ts";
import { type Usage, usageOfTree } from "./load/process-tree.ts";
import type { Mode, Peer } from "./peers/peers.ts";
import { freePort, nextMessage, startHelper, startServer } from "./processes.ts";
import { type OperationName, operations, rightAnswer } from "./shop/operations.ts";
import { type SubgraphName, subgraphNames, subgraphSdl } from "./shop/schemas.ts";

export type StartedPeer = {
  readonly peer: Peer;
  readonly url: string;
  readonly usage: () => Usage;
  readonly stop: () => Promise<void>;
};

export type Lab = {
  readonly start: (peer: Peer, operation: OperationName, mode: Mode) => Promise<StartedPeer>;
  readonly load: (load: Load) => Promise<Measured>;
  /** Requests that the subgraphs have got so far. */
  readonly fetches: () => Promise<number>;
  readonly close: () => Promise<void>;
};

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function compose(urls: Readonly<Record<SubgraphName, string>>): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphNames.map((name) => ({
      name,
      url: urls[name],
      typeDefs: parse(subgraphSdl[name]),
    })),
  );
  if (supergraphSdl) return supergraphSdl;
  throw new Error(errors?.map(({ message }) => message).join("\n"));
}

async function ask<T>(child: ChildProcess, question: object): Promise<T> {
  const answer = nextMessage<T>(child);
  child.send(question);
  return answer;
}

export const bodyOf = (operation: OperationName): string =>
  JSON.stringify({ query: operations[operation] });

async function post(url: string, body: string): Promise<unknown> {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const response = await fetch(url, { method: "POST", headers, body });
  return response.json();
}

export async function openLab(): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), "city-graph-bench-"));
  const subgraphs = startHelper(file("shop/subgraphs.ts"));
  const client = startHelper(file("load/client.ts"));
  const { urls } = await nextMessage<{ urls: Record<SubgraphName, string> }>(subgraphs);
  const supergraph = join(folder, "supergraph.graphql");
  await writeFile(supergraph, compose(urls));
  return {
    async start(peer, operation, mode) {
      const port = await freePort();
      const path = peer.name === "apollo" ? "/" : "/graphql";
      const url = `http://127.0.0.1:${port}${path}`;
      const { args, env } = peer.launch({ supergraph, port, mode, operation });
      const body = bodyOf(operation);
      const { pid, stop } = await startServer(args, env, async () =>
        Boolean(((await post(url, body)) as { data?: unknown }).data),
      );
      const answer = await post(url, body);
      if (!isDeepStrictEqual(answer, rightAnswer(operation))) {
        await stop();
        throw new Error(`${peer.label} gives a wrong answer to the ${operation} query.`);
      }
      return { peer, url, usage: () => usageOfTree(pid), stop };
    },
    load: (load) => ask<Measured>(client, load),
    fetches: async () => (await ask<{ requests: number }>(subgraphs, {})).requests,
    async close() {
      await Promise.all([subgraphs.stopped(), client.stopped()]);
      await rm(folder, { recursive: true });
    },
  };
}
