/** Which port each process gets, and whether it is free, before anything is started. */
import { createServer } from "node:net";

export type Port = {
  readonly name: string;
  readonly port: number;
  /** The variable that changes it. */
  readonly variable: string;
};

/** `data-sharing` → DATA_SHARING_PORT. */
export const portVariable = (name: string): string =>
  `${name.toUpperCase().replaceAll("-", "_")}_PORT`;

/** @throws Error when the variable holds no port. */
export function choosePort(name: string, fallback: number, env: NodeJS.ProcessEnv): Port {
  const variable = portVariable(name);
  const port = Number(env[variable] || fallback);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return { name, port, variable };
  throw new Error(`${variable} must be a port from 1 to 65535, not "${env[variable]}".`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** @returns a sentence for each port that is taken. */
export async function findTakenPorts(
  host: string,
  ports: readonly Port[],
): Promise<readonly string[]> {
  const free = await Promise.all(ports.map(({ port }) => isFree(host, port)));
  return ports
    .filter((_port, index) => !free[index])
    .map(
      ({ name, port, variable }) =>
        `Port ${port} of ${name} is taken. Choose another: ${variable}=${port + 1000} npm start`,
    );
}
