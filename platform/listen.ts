/** Starts an HTTP server on a port and says what to do when the port is taken. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

export type ListenOptions = {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** The variable or flag that changes the port, for the error message. */
  readonly portSetting: string;
};

/** Resolves to the port. @throws PortTakenError naming the port and how to change it. */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  const { host, port, portSetting } = options;
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      reject(new PortTakenError(`Port ${port} is taken. Set ${portSetting} to a free port.`));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
