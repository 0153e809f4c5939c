/**
 * What every command line tool does alike: flags, `--help`, and errors told in a sentence. Prints the
 * usage and ends with 1 when the flags are wrong; a fault of our own keeps its stack.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { ConfigError } from "../platform/env.ts";
import { RoverError } from "../schema/rover.ts";

/** What the person at the terminal can mend: told without a stack. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

const isKnown = (error: unknown): error is Error =>
  error instanceof ToolError || error instanceof RoverError || error instanceof ConfigError;

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>;

export type ToolDefinition<O extends Options> = {
  readonly usage: string;
  readonly options: O;
  readonly positionals?: boolean;
};

/** @param run Returns the exit code, or undefined to go on living. */
export async function runTool<const O extends Options>(
  { usage, options, positionals = false }: ToolDefinition<O>,
  run: (parsed: Parsed<O>) => Promise<number | undefined>,
): Promise<void> {
  let parsed: Parsed<O>;
  try {
    const all = { ...options, help: { type: "boolean" } } as const;
    const result = parseArgs<{ options: Options; allowPositionals: boolean }>({
      options: all,
      allowPositionals: positionals,
    });
    if (result.values["help"] === true) return console.log(usage);
    parsed = result as Parsed<O>;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exitCode = 1;
    return;
  }
  try {
    const code = await run(parsed);
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    console.error(isKnown(error) ? error.message : error);
    process.exitCode = 1;
  }
}
