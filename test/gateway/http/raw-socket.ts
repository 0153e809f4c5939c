/** A client that writes bytes: for what no HTTP library would send. */
import { connect, type Socket } from "node:net";

export type RawClient = {
  readonly socket: Socket;
  readonly write: (text: string) => void;
  /** Everything received, once it matches. Rejects when the connection ends before. */
  readonly until: (pattern: RegExp) => Promise<string>;
  /** Everything received until the server closed the connection. */
  readonly ended: Promise<string>;
  readonly [Symbol.dispose]: () => void;
};

export async function openRaw(port: number): Promise<RawClient> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => (received += text));
  const ended = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(received));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return {
    socket,
    write: (text) => void socket.write(text, "latin1"),
    ended,
    until(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => pattern.test(received) && resolve(received);
        socket.on("data", look);
        void ended.then((all) =>
          pattern.test(all) ? resolve(all) : reject(new Error(`closed after ${all}`)),
        );
        look();
      });
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** A POST as text, with a body of one-byte characters. */
export const rawPost = (body: string, headers: readonly string[] = []): string =>
  [
    "POST /graphql HTTP/1.1",
    "host: 127.0.0.1",
    "content-type: application/json",
    `content-length: ${body.length}`,
    ...headers,
    "",
    body,
  ].join("\r\n");
