/**
 * Billers' own systems behind one interface, and its implementation over HTTP: what is due for a bill
 * now, and posting a payment. A biller without a system here is served by the bills and the ledger alone.
 */
import { z } from "zod";
import { chargeLineKinds, type ChargeLineKind, type Line } from "./charge-line.rules.ts";

export type Presented =
  | { readonly kind: "DUE"; readonly lines: readonly Line[] }
  | { readonly kind: "NOT_DUE" }
  | { readonly kind: "UNREACHABLE"; readonly reason: string };

export type PostAnswer =
  | { readonly kind: "POSTED"; readonly reference: string }
  | { readonly kind: "REJECTED"; readonly reason: string }
  | { readonly kind: "NOT_SENT"; readonly reason: string }
  | { readonly kind: "UNKNOWN"; readonly reason: string };

export type BillerPayment = {
  readonly paymentId: string;
  readonly itemId: string;
  readonly amount: bigint;
  readonly currency: string;
};

export type BillerSystem = {
  readonly present: (itemId: string) => Promise<Presented>;
  /** Posting the same payment again is the same posting: its id is the idempotency key. */
  readonly post: (payment: BillerPayment) => Promise<PostAnswer>;
};

/** By biller's agency id. */
export type BillerSystems = ReadonlyMap<string, BillerSystem>;

const lineSchema = z.object({
  kind: z.enum(Object.keys(chargeLineKinds) as [ChargeLineKind, ...ChargeLineKind[]]),
  description: z.object({ en: z.string().max(200), ar: z.string().max(200) }),
  amount: z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(BigInt),
});
const presentedSchema = z.object({ due: z.boolean(), lines: z.array(lineSchema).max(100) });
const postedSchema = z.discriminatedUnion("result", [
  z.object({ result: z.literal("posted"), reference: z.string().max(100) }),
  z.object({ result: z.literal("rejected"), reason: z.string().max(200) }),
]);

export type HttpBillerOptions = {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
};

export function createHttpBiller({ url, secret, timeoutMs }: HttpBillerOptions): BillerSystem {
  async function send(path: string, init: RequestInit): Promise<unknown> {
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${url}/${path}`, { ...init, headers, signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json();
  }
  return {
    async present(itemId) {
      try {
        const answer = await send(`bills/${encodeURIComponent(itemId)}`, { method: "GET" });
        const { due, lines } = presentedSchema.parse(answer);
        return due ? { kind: "DUE", lines } : { kind: "NOT_DUE" };
      } catch (error) {
        return { kind: "UNREACHABLE", reason: (error as Error).message };
      }
    },
    async post({ paymentId, itemId, amount, currency }) {
      const body = JSON.stringify({ bill: itemId, amount: `${amount}`, currency });
      try {
        const path = `postings/${encodeURIComponent(paymentId)}`;
        const answer = postedSchema.parse(await send(path, { method: "PUT", body }));
        return answer.result === "posted"
          ? { kind: "POSTED", reference: answer.reference }
          : { kind: "REJECTED", reason: answer.reason };
      } catch (error) {
        const { code } = ((error as Error).cause ?? {}) as { code?: string };
        const reason = (error as Error).message;
        return { kind: code === "ECONNREFUSED" ? "NOT_SENT" : "UNKNOWN", reason };
      }
    },
  };
}
