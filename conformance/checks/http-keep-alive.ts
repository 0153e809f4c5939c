/** RFC 9112 section 9.3: connections are kept. A new one for each batch costs a round trip, or three with TLS. */
import { type Check, failed, passed } from "../check.ts";
import { openSocket } from "../raw-socket.ts";

export const httpKeepAlive: Check = {
  name: "http-keep-alive",
  rule: "A connection serves one request after another.",
  async run({ prepare, probe }) {
    await using socket = await openSocket(prepare(probe));
    for (const turn of [1, 2]) {
      await socket.write(socket.whole(prepare(probe)));
      const status = await socket.status();
      if (status !== undefined) continue;
      return failed(
        `the connection was closed before answer ${turn}`,
        "Speak HTTP/1.1, send `content-length` (or chunks), and keep idle connections for a minute or longer.",
      );
    }
    return passed("two requests on one connection");
  },
};
