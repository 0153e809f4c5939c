/**
 * What is live in a registry → subgraphs that answer on this machine. Live subgraphs answer the city's
 * gateway alone (they verify its signature), so in their place stand those of this repository, where their
 * live SDL is what this repository has; all others are answered by made-up data of their live SDL.
 */
import { parse, print } from "graphql";
import { ToolError } from "../tool.ts";
import type { LiveSdl, ReadLiveSdls } from "./live-sdls.ts";
import type { MockSubgraph } from "./mock-server.ts";
import type { Part } from "./part.ts";

export type LivePartsDeps = {
  readonly read: ReadLiveSdls;
  /** What this repository can run. */
  readonly here: readonly Part[];
  /** Names of those that are to be mocked whatever this repository has. */
  readonly toMock: readonly string[];
  readonly startMock: () => Promise<MockSubgraph>;
  readonly say: (line: string) => void;
};

export type LiveParts = {
  /** Names of those that are to be run here: those that did not differ at the start. */
  readonly runHere: readonly string[];
  readonly read: () => Promise<readonly Part[]>;
};

/** Blanks and comments aside. */
function isSame(one: string, other: string): boolean {
  try {
    return print(parse(one)) === print(parse(other));
  } catch {
    return one === other;
  }
}

/** @throws ToolError when the registry gives no SDLs, or none of what is to be mocked. */
export async function createLiveParts(deps: LivePartsDeps): Promise<LiveParts> {
  const { read, here, toMock, startMock, say } = deps;
  const mocks = new Map<string, MockSubgraph>();
  const differing = new Set<string>();
  const partHere = ({ name }: LiveSdl) => here.find((part) => part.name === name);
  const live = await read();
  const unknown = toMock.find((name) => !live.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new ToolError(
      `The registry has no "${unknown}" live: give its SDL by --mock ${unknown}=FILE.`,
    );
  const runHere = live
    .filter((one) => !toMock.includes(one.name) && isSame(partHere(one)?.sdl ?? "", one.sdl))
    .map(({ name }) => name);

  function whyMocked(one: LiveSdl): string {
    if (toMock.includes(one.name)) return "--mock says so";
    return partHere(one)
      ? "its live SDL is not what this repository has"
      : "this repository cannot run it";
  }

  async function mocked(one: LiveSdl): Promise<Part> {
    const { name, sdl } = one;
    const mock = mocks.get(name) ?? (await startMock());
    if (!mocks.has(name)) say(`"${name}" is answered by made-up data: ${whyMocked(one)}.`);
    mocks.set(name, mock);
    return { name, sdl, url: mock.url, serve: mock.serve };
  }

  async function partOf(one: LiveSdl): Promise<Part> {
    const { name, sdl } = one;
    const part = partHere(one);
    if (!part || !runHere.includes(name)) return mocked(one);
    if (isSame(part.sdl, sdl)) {
      differing.delete(name);
    } else if (!differing.has(name)) {
      differing.add(name);
      say(
        `"${name}" has another SDL live now than this repository: start again to have it mocked.`,
      );
    }
    return { name, sdl, url: part.url };
  }

  return {
    runHere,
    read: async () => Promise.all((await read()).map(partOf)),
  };
}
