/** The flags `--with` and `--mock` → what is laid over the graph. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fromRoot } from "../../platform/root.ts";
import { readRover } from "../../schema/rover.ts";
import { askForSdl } from "../../schema/sdl.ts";
import { ToolError } from "../tool.ts";
import type { Layer } from "./lay-over.ts";
import type { MockSubgraph } from "./mock-server.ts";

export type NamedValue = { readonly name: string; readonly value: string | undefined };

/** `parking=http://…` → both parts. @throws ToolError */
export function readPair(flag: string, given: string): NamedValue {
  const at = given.indexOf("=");
  const name = at < 0 ? given : given.slice(0, at);
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return { name, value: at < 0 ? undefined : given.slice(at + 1) };
  throw new ToolError(`--${flag} "${given}": a subgraph's name is lower-case words and hyphens.`);
}

export const isHttpUrl = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text);

/** @throws ToolError */
export function withLayer(given: string): Layer {
  const { name, value: url } = readPair("with", given);
  if (url !== undefined && isHttpUrl(url)) return { name, url, readSdl: () => askForSdl(url) };
  throw new ToolError(`--with must read NAME=URL, as in parking=http://127.0.0.1:4100/graphql.`);
}

/**
 * @param rover Names the file of a mock that is given none.
 * @throws ToolError
 */
export async function mockLayer(
  { name, value: file }: NamedValue,
  rover: string,
  startMock: () => Promise<MockSubgraph>,
): Promise<Layer> {
  const { subgraphs } = await readRover(rover);
  const listed = subgraphs.find((one) => one.name === name)?.schema;
  const source = file === undefined && listed && "file" in listed ? fromRoot(listed.file) : file;
  if (source === undefined) {
    throw new ToolError(
      `rover.yaml lists no "${name}" with a file: give its SDL by --mock ${name}=FILE.`,
    );
  }
  const { url, serve } = await startMock();
  return { name, url, readSdl: () => readFile(resolve(source), "utf8"), serve };
}
