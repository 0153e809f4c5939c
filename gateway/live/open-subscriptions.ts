/** The subscriptions that are open in this process: how many there may be, and what ends them all. */
import { Refusal } from "../http/refusal.ts";

export type SubscriptionLimits = {
  readonly total: number;
  /** Of one principal, or of all who are not signed in at one address. */
  readonly perClient: number;
};

export type OpenSubscription = {
  /** Aborted with a LastMessage when it is to end; the client is told. */
  readonly signal: AbortSignal;
  readonly close: () => void;
};

/** Why the gateway ends a subscription; what its client is told last. */
export class LastMessage extends Error {
  readonly code: "SUBSCRIPTION_SCHEMA_RELOAD" | "SHUTTING_DOWN";
  constructor(code: LastMessage["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export const graphChanged = new LastMessage(
  "SUBSCRIPTION_SCHEMA_RELOAD",
  "The graph has changed: subscribe again.",
);
export const shuttingDown = new LastMessage(
  "SHUTTING_DOWN",
  "This gateway is going away: subscribe again.",
);

export type OpenSubscriptions = {
  /** @throws Refusal TOO_MANY_SUBSCRIPTIONS. */
  readonly open: (client: string) => OpenSubscription;
  readonly endAll: (reason: LastMessage) => void;
  readonly count: () => number;
};

export function createOpenSubscriptions(limits: SubscriptionLimits): OpenSubscriptions {
  const controllers = new Set<AbortController>();
  const byClient = new Map<string, number>();
  return {
    open(client) {
      const own = byClient.get(client) ?? 0;
      if (own >= limits.perClient || controllers.size >= limits.total) {
        const message =
          own >= limits.perClient
            ? `You have ${own} subscriptions: end one before you open another.`
            : "So many subscriptions are open that no more are taken: try again later.";
        throw new Refusal("TOO_MANY_SUBSCRIPTIONS", message, { headers: { "retry-after": "5" } });
      }
      const controller = new AbortController();
      controllers.add(controller);
      byClient.set(client, own + 1);
      return {
        signal: controller.signal,
        close() {
          if (!controllers.delete(controller)) return;
          const left = (byClient.get(client) ?? 1) - 1;
          if (left > 0) byClient.set(client, left);
          else byClient.delete(client);
        },
      };
    },
    endAll(reason) {
      for (const controller of controllers) controller.abort(reason);
    },
    count: () => controllers.size,
  };
}
