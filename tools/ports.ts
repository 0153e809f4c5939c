/** Which port each process gets, and whether it is free, before anything is started. */
import { createServer } from "node:net";
import { ToolError } from "./tool.ts";

export type Port = {
  readonly name: string;
  readonly port: number;
  /** The variable that changes it. */
  readonly variable: string;
};

const highestPort = 65_535;

/** `data-sharing` → DATA_SHARING_PORT. */
export const portVariable = (name: string): string =>
  `${name.toUpperCase().replaceAll("-", "_")}_PORT`;

/**
 * @param fallback Used when the variable is not set.
 * @throws ToolError when the variable holds no port, or when there is nothing to fall back on.
 */
export function choosePort(name: string, fallback: number, env: NodeJS.ProcessEnv): Port {
  const variable = portVariable(name);
  const given = env[variable] || `${fallback}`;
  const port = /^\d+$/.test(given) ? Number(given) : 0;
  if (port > 0 && port <= highestPort) return { name, port, variable };
  if (!env[variable]) throw new ToolError(`rover.yaml names no port of ${name}: set ${variable}.`);
  throw new ToolError(`${variable} must be a port from 1 to ${highestPort}, not "${given}".`);
}

/** @returns the reason why nobody can listen there; undefined when one can. */
function problemOf(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "EADDRINUSE") return resolve("is taken");
      resolve(code === "EACCES" ? "may not be used by this user" : `cannot be used (${message})`);
    });
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/** @returns a sentence for each port that cannot be used; none means that all are free. */
export async function findPortProblems(
  host: string,
  ports: readonly Port[],
): Promise<readonly string[]> {
  const twice = ports.flatMap((one, index) =>
    ports
      .slice(index + 1)
      .filter(({ port }) => port === one.port)
      .map(
        (other) =>
          `${one.name} and ${other.name} would both listen on port ${one.port}. Choose another by ${one.variable} or ${other.variable}.`,
      ),
  );
  if (twice.length > 0) return twice;
  const problems = await Promise.all(ports.map(({ port }) => problemOf(host, port)));
  return ports.flatMap(({ name, port, variable }, index) => {
    const problem = problems[index];
    if (problem === undefined) return [];
    const other = port + 1_000 <= highestPort ? port + 1_000 : port - 1_000;
    return [
      `Port ${port}, which ${name} would listen on, ${problem}. Choose another: ${variable}=${other} npm start`,
    ];
  });
}
