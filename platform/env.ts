/**
 * Reads configuration from the environment: everything at once, every problem at once, then frozen.
 * Each room declares its own zod schema; nobody else touches `process.env`.
 */
import type { z } from "zod";

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** @throws ConfigError that lists every wrong variable with its reason. */
export function readEnv<S extends z.ZodType>(
  schema: S,
  env: NodeJS.ProcessEnv,
): Readonly<z.infer<S>> {
  // An empty variable is an unset one: `PORT= npm start` must not mean port 0.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const problems = parsed.error.issues.map(
    (issue) => `  ${issue.path.join(".")}: ${issue.message}`,
  );
  throw new ConfigError(`The configuration is wrong:\n${problems.join("\n")}`);
}

/** A value that is used but never printed. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "[redacted]";
  }
  toJSON(): string {
    return "[redacted]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted]";
  }
}
