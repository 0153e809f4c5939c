/** The payments subgraph with a real sandbox provider and a sandbox biller beside it, all over sockets. */
import { randomBytes } from "node:crypto";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import {
  startSandboxBiller,
  type SandboxBillerOptions,
} from "../../../tools/sandbox-provider/biller.ts";
import { startSandboxProvider } from "../../../tools/sandbox-provider/server.ts";
import type { databases } from "../../support/databases.ts";
import { freePorts } from "../../support/free-ports.ts";
import { startSubgraph } from "../../support/start-subgraph.ts";
import { newKey, resultFields } from "./fixtures.ts";

const secret = "a secret that only tests ever use";

export type OutsideOptions = Partial<Omit<SandboxBillerOptions, "secret">> & {
  readonly kind: (typeof databases)[number]["kind"];
  /** Added to the time that the subgraph reads. */
  readonly clock?: () => number;
};

export async function startOutside(options: OutsideOptions) {
  const { kind, billOf = () => undefined, decide = () => "POSTED" as const, clock } = options;
  const [port = 0] = await freePorts(1);
  const webhookSecret = `whsec_${randomBytes(24).toString("base64")}`;
  const provider = await startSandboxProvider({
    host: "127.0.0.1",
    port: 0,
    secret,
    webhookUrl: `http://127.0.0.1:${port}/webhooks/provider`,
    webhookSecret,
  });
  const biller = await startSandboxBiller({ secret, billOf, decide });
  const payments = await startSubgraph(subgraph, kind, {
    port,
    ...(clock ? { clock } : {}),
    env: {
      PROVIDER_URL: provider.url,
      PROVIDER_SECRET: secret,
      PROVIDER_WEBHOOK_SECRET: webhookSecret,
      PROVIDER_TIMEOUT_MS: "300",
      BILLER_URLS: `du=${biller.url}`,
      BILLER_SECRET: secret,
      OUTBOX_PAUSE_MS: "20",
    },
  });

  const stateOf = async (id: string): Promise<string> => {
    const { rows } = await payments.database.db
      .selectFrom("payment")
      .select("state")
      .where("id", "=", id)
      .execute()
      .then((found: { state: string }[]) => ({ rows: found }));
    return rows[0]?.state ?? "NONE";
  };

  return {
    provider,
    biller,
    payments,
    webhookSecret,
    webhookUrl: `http://127.0.0.1:${port}/webhooks/provider`,
    db: payments.database.db,
    stateOf,
    /** Waits until the payment is in one of the states. */
    async until(id: string, ...states: readonly string[]): Promise<string> {
      for (;;) {
        const state = await stateOf(id);
        if (states.includes(state)) return state;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    /** Waits until nothing is left to be said to anybody. */
    async untilQuiet(): Promise<void> {
      for (;;) {
        const due = await payments.database.db
          .selectFrom("outbound_call")
          .select("id")
          .where("state", "=", "DUE")
          .execute();
        if (due.length === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async payByCard(principal: Principal, billId: string, amount: number, cardToken?: string) {
      const input = {
        billId,
        expectedAmount: amount,
        idempotencyKey: newKey(),
        method: "CARD",
        ...(cardToken ? { cardToken } : {}),
      };
      const query = `mutation ($input: PayBillInput!) { payBill(input: $input) {
        ${resultFields}
        ... on PaymentStarted { message { en } payment { id state pageUrl failure card { brand last4 } } }
        ... on PaymentUnderWay { payment { id } } } }`;
      const answer = await payments.ask(query, { principal, variables: { input } });
      return answer.data?.payBill ?? answer;
    },
    async [Symbol.asyncDispose]() {
      await payments[Symbol.asyncDispose]();
      await biller.stop();
      await provider.stop();
    },
  };
}

export type Outside = Awaited<ReturnType<typeof startOutside>>;

/** What the provider and our ledger say of all money that cards moved: they have to be the same. */
export async function agreement({ provider, db }: Outside) {
  const captured = provider.payments().reduce((sum, one) => sum + one.captured, 0n);
  const refunded = provider
    .payments()
    .flatMap((one) => one.refunds)
    .reduce((sum, one) => (one.status === "succeeded" ? sum + one.amount : sum), 0n);
  const entries = await db
    .selectFrom("ledger_entry")
    .select("amount")
    .where("account_id", "=", "provider:AED")
    .execute();
  const ledger = entries.reduce((sum: bigint, one: { amount: bigint }) => sum + one.amount, 0n);
  return { provider: captured - refunded, ledger: -ledger };
}
