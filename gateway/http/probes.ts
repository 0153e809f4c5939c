/**
 * `GET /health`: the process is alive; restart it when this fails. `GET /ready`: it should get
 * traffic; take it out of the load balancer, but do not restart it, when this answers 503.
 */
import { errorReply } from "./error-response.ts";
import type { Exchange, Route } from "./exchange.ts";
import { Refusal } from "./refusal.ts";
import { jsonReply, type Reply } from "./reply.ts";

/** Everything in it is shown to whoever asks. */
export type Readiness = { readonly ready: boolean };

function probe(answer: (exchange: Exchange) => Promise<Reply>): Route {
  return async (exchange) => {
    try {
      if (exchange.request.method === "GET" || exchange.request.method === "HEAD")
        return await answer(exchange);
      const headers = { allow: "GET, HEAD" };
      throw new Refusal("METHOD_NOT_ALLOWED", "Use GET here.", { headers });
    } catch (error) {
      return errorReply(error, exchange.log);
    }
  };
}

export const health: Route = probe(async () => jsonReply(200, { status: "alive" }));

export function createReadyRoute(
  ready: () => Promise<Readiness>,
  isDraining: () => boolean,
): Route {
  const tooSlow = new Refusal("REQUEST_TIMEOUT", "The readiness check took too long.");
  return probe(async ({ lifetime }) => {
    if (isDraining()) return jsonReply(503, { ready: false, draining: true });
    const readiness = await lifetime.within(ready(), tooSlow);
    return jsonReply(readiness.ready ? 200 : 503, readiness);
  });
}
