/**
 * The provider of card payments behind one interface, and its implementation over HTTP (JSON, a bearer
 * secret, an idempotency key on everything that changes something). Amounts travel as decimal text in
 * minor units. Neither ever carries a card number: those are typed into the provider's own page.
 */
import { z } from "zod";
import type { ProviderView } from "./provider.rules.ts";

export type ProviderAnswer =
  | { readonly kind: "VIEW"; readonly view: ProviderView }
  /** It will not be done, however often it is asked. */
  | { readonly kind: "REFUSED"; readonly code: string }
  /** The provider does not know the payment. */
  | { readonly kind: "NOT_FOUND" }
  /** The request cannot have had an effect: nobody took it. */
  | { readonly kind: "NOT_SENT"; readonly reason: string }
  /** Nobody knows what came of it: ask later, never guess. */
  | { readonly kind: "UNKNOWN"; readonly reason: string };

export type CreateOrder = {
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly token: string | null;
  readonly expiresAt: Date | null;
};

export type Provider = {
  readonly create: (key: string, order: CreateOrder) => Promise<ProviderAnswer>;
  readonly capture: (key: string, reference: string, amount: bigint) => Promise<ProviderAnswer>;
  /** Gives an uncaptured payment up; one that never arrived there can then never arrive. */
  readonly cancel: (key: string, reference: string) => Promise<ProviderAnswer>;
  readonly refund: (
    key: string,
    reference: string,
    refund: { readonly id: string; readonly amount: bigint },
  ) => Promise<ProviderAnswer>;
  readonly inquire: (reference: string) => Promise<ProviderAnswer>;
  /** The settlement file of a day (YYYY-MM-DD, UTC), as CSV. @throws Error when it cannot be had. */
  readonly settlement: (day: string) => Promise<string>;
};

const minorUnits = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);

const viewSchema = z
  .object({
    reference: z.string(),
    version: z.number().int().nonnegative(),
    status: z.enum([
      "requires_action",
      "authorised",
      "captured",
      "declined",
      "cancelled",
      "expired",
    ]),
    authorised_amount: minorUnits,
    captured_amount: minorUnits,
    page_url: z.url({ protocol: /^https?$/ }).nullable(),
    card: z.object({ brand: z.string().max(40), last4: z.string().regex(/^\d{4}$/) }).nullable(),
    decline_reason: z.string().max(60).nullable(),
    refunds: z.array(
      z.object({
        reference: z.string(),
        amount: minorUnits,
        status: z.enum(["succeeded", "failed"]),
      }),
    ),
  })
  .transform((view): ProviderView => ({
    reference: view.reference,
    version: BigInt(view.version),
    status: view.status,
    authorisedAmount: view.authorised_amount,
    capturedAmount: view.captured_amount,
    pageUrl: view.page_url,
    card: view.card,
    declineReason: view.decline_reason,
    refunds: view.refunds,
  }));

/** @throws Error for what is no view of a payment. */
export const readView = (json: unknown): ProviderView => viewSchema.parse(json);

export type HttpProviderOptions = {
  /** For example https://provider.example/v1, without a slash at its end. */
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
};

/** A whole day's file takes longer than one payment. */
const settlementTimeoutMs = 60_000;

/** Refused before anything was sent. */
const isUnsent = (error: unknown): boolean => {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  return code === "ECONNREFUSED" || code === "ENOTFOUND";
};

export function createHttpProvider({ url, secret, timeoutMs }: HttpProviderOptions): Provider {
  async function send(path: string, key?: string, body?: object): Promise<ProviderAnswer> {
    try {
      const response = await fetch(`${url}/payments/${path}`, {
        method: body ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${secret}`,
          ...(body ? { "content-type": "application/json" } : {}),
          ...(key ? { "idempotency-key": key } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const json: unknown = await response.json();
      if (response.ok) return { kind: "VIEW", view: readView(json) };
      if (response.status === 404) return { kind: "NOT_FOUND" };
      const isFinal = response.status >= 400 && response.status < 500;
      if (isFinal && ![408, 409, 429].includes(response.status)) {
        return { kind: "REFUSED", code: String((json as { code?: unknown }).code) };
      }
      return { kind: "UNKNOWN", reason: `HTTP ${response.status}` };
    } catch (error) {
      const reason = (error as Error).message;
      return { kind: isUnsent(error) ? "NOT_SENT" : "UNKNOWN", reason };
    }
  }
  const at = (reference: string, verb = ""): string => `${encodeURIComponent(reference)}${verb}`;
  return {
    create: (key, { reference, amount, currency, token, expiresAt }) =>
      send(at(reference), key, {
        amount: `${amount}`,
        currency,
        ...(token ? { token } : {}),
        ...(expiresAt ? { expires_at: expiresAt.toISOString() } : {}),
      }),
    capture: (key, reference, amount) =>
      send(at(reference, "/capture"), key, { amount: `${amount}` }),
    cancel: (key, reference) => send(at(reference, "/cancel"), key, {}),
    refund: (key, reference, { id, amount }) =>
      send(at(reference, "/refunds"), key, { reference: id, amount: `${amount}` }),
    inquire: (reference) => send(at(reference)),
    async settlement(day) {
      const response = await fetch(`${url}/settlements/${day}`, {
        headers: { authorization: `Bearer ${secret}` },
        signal: AbortSignal.timeout(settlementTimeoutMs),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return response.text();
    },
  };
}
