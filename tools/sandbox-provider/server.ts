/**
 * The sandbox provider of card payments: an HTTP server of its own, as a real provider is. API under /v1
 * with a bearer secret and idempotency keys, hosted pages under /pay, webhooks to one address.
 */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../../platform/listen.ts";
import { type Behaviour, cardByNumber, cardByToken } from "./cards.ts";
import { cardPage, codePage, endPage } from "./pages.ts";
import * as rules from "./payment.rules.ts";
import type { SandboxPayment } from "./payment.rules.ts";
import { settlementOf } from "./settlement.ts";
import { createStore } from "./store.ts";
import { createWebhooks } from "./webhooks.ts";

export type SandboxOptions = {
  readonly host: string;
  readonly port: number;
  /** Where people reach the hosted pages; host and port when left out. */
  readonly pagesUrl?: string;
  /** What callers of the API have to send. */
  readonly secret: string;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  /** Where payments are remembered across restarts; without it in memory. */
  readonly journal?: string;
};

type Reply = { readonly status: number; readonly type: string; readonly body: string };
type Kept = { readonly hash: string; readonly reply: Reply };

const json = (status: number, body: object): Reply => ({
  status,
  type: "application/json",
  body: JSON.stringify(body),
});
const html = (body: string, status = 200): Reply => ({
  status,
  type: "text/html; charset=utf-8",
  body,
});
const maxBodyBytes = 10_000;

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new RangeError("The body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export async function startSandboxProvider(options: SandboxOptions) {
  const { host, port, secret, webhookUrl, webhookSecret, journal } = options;
  const store = createStore(journal);
  const webhooks = createWebhooks({ url: webhookUrl, secret: webhookSecret });
  const keys = new Map<string, Kept>();
  let pages = "";

  const behaviourOf = ({ behaviour }: SandboxPayment): Behaviour | undefined =>
    behaviour ? cardByToken(behaviour) : undefined;

  /** Keeps a changed payment and tells it. */
  async function keep(before: SandboxPayment | undefined, payment: SandboxPayment): Promise<void> {
    if (payment === before) return;
    store.put(payment);
    await webhooks.tell(rules.viewOf(payment, pages), behaviourOf(payment)?.webhooks);
  }

  function withCard(payment: SandboxPayment, card: Behaviour): SandboxPayment {
    const shown = { brand: "Sandbox", last4: card.number.slice(-4) };
    return { ...payment, card: shown, behaviour: card.token };
  }

  /** What the card's bank says; a card that challenges waits for the code. */
  const decide = (payment: SandboxPayment, card: Behaviour): rules.Step => {
    if (card.declines) return rules.decline(payment, card.declines);
    return card.challenges ? payment : rules.authorise(payment);
  };

  function isOver(payment: SandboxPayment): boolean {
    const isOpen = payment.status === "requires_action" || payment.status === "authorised";
    return (
      isOpen && payment.expiresAt !== null && Date.parse(payment.expiresAt) + 60_000 < Date.now()
    );
  }

  async function find(reference: string): Promise<SandboxPayment | undefined> {
    const payment = store.get(reference);
    if (!payment || !isOver(payment)) return payment;
    const expired = rules.expire(payment);
    await keep(payment, expired);
    return expired;
  }

  type Body = Readonly<Record<string, string | undefined>>;

  async function create(reference: string, body: Body): Promise<rules.Step> {
    const known = await find(reference);
    if (known) return known;
    if (!/^\d{1,15}$/.test(body["amount"] ?? "") || !/^[A-Z]{3}$/.test(body["currency"] ?? "")) {
      return { refused: "bad_amount" };
    }
    const created = rules.newPayment({
      reference,
      amount: BigInt(body["amount"] ?? 0),
      currency: body["currency"] ?? "",
      expiresAt: body["expires_at"] ?? null,
      pageToken: randomBytes(18).toString("base64url"),
    });
    const card = body["token"] ? cardByToken(body["token"]) : undefined;
    if (body["token"] && !card) {
      const declined = rules.decline(created, "unknown_token") as SandboxPayment;
      await keep(undefined, declined);
      return declined;
    }
    if (!card) {
      await keep(undefined, created);
      return created;
    }
    const payment = withCard(created, card);
    const step = decide(payment, card);
    const decided = "refused" in step ? payment : step;
    await keep(undefined, decided);
    return decided;
  }

  async function change(reference: string, verb: string, body: Body): Promise<rules.Step> {
    const at = new Date().toISOString();
    const before = await find(reference);
    if (!before && verb === "cancel") {
      const blank = { reference, amount: 0n, currency: "AED", expiresAt: null };
      const never = rules.newPayment({
        ...blank,
        pageToken: randomBytes(18).toString("base64url"),
      });
      const cancelled = rules.cancel(never) as SandboxPayment;
      store.put(cancelled);
      return cancelled;
    }
    if (!before) return { refused: "not_found" };
    const amount = BigInt(/^\d{1,15}$/.test(body["amount"] ?? "") ? (body["amount"] ?? 0) : 0);
    const fails = behaviourOf(before)?.refundsFail === true;
    const given = { reference: body["reference"] ?? "", amount, at };
    const step =
      verb === "capture"
        ? rules.capture(before, amount, at)
        : verb === "cancel"
          ? rules.cancel(before)
          : rules.refund(before, given, fails);
    if (!("refused" in step)) await keep(before, step);
    return step;
  }

  async function api(method: string, path: readonly string[], text: string, key: string) {
    const [what = "", reference = "", verb] = path;
    if (method === "GET" && what === "settlements") {
      return { status: 200, type: "text/csv", body: settlementOf(store.all(), reference) };
    }
    if (what !== "payments") return json(404, { code: "not_found" });
    if (method === "GET") {
      if (!reference)
        return json(
          200,
          store.all().map((one) => rules.viewOf(one, pages)),
        );
      const payment = await find(decodeURIComponent(reference));
      return payment ? json(200, rules.viewOf(payment, pages)) : json(404, { code: "not_found" });
    }
    const hash = createHash("sha256")
      .update(`${path.join("/")}\n${text}`)
      .digest("hex");
    const kept = keys.get(key);
    if (kept) return kept.hash === hash ? kept.reply : json(422, { code: "key_reused" });
    const body = JSON.parse(text) as Body;
    const id = decodeURIComponent(reference);
    const step = verb ? await change(id, verb, body) : await create(id, body);
    const isRefused = "refused" in step;
    const status = isRefused && step.refused === "not_found" ? 404 : 422;
    const reply = isRefused
      ? json(status, { code: step.refused })
      : json(200, rules.viewOf(step, pages));
    keys.set(key, { hash, reply });
    const hangs = !isRefused && behaviourOf(step)?.hangs;
    return hangs ? undefined : reply;
  }

  async function hosted(method: string, [token = "", step]: readonly string[], text: string) {
    const found = store.byPage(token);
    const payment = found && (await find(found.reference));
    if (!payment) return html("There is no such payment.", 404);
    if (payment.status !== "requires_action") return html(endPage(payment));
    if (method === "GET") return html(step === "confirm" ? codePage(payment) : cardPage(payment));
    const form = new URLSearchParams(text);
    if (step === "confirm") {
      const isRight = form.get("code") === "123456";
      const after = isRight
        ? rules.authorise(payment)
        : rules.decline(payment, "authentication_failed");
      if (!("refused" in after)) await keep(payment, after);
      return html(endPage(store.get(payment.reference) ?? payment));
    }
    const card = cardByNumber(form.get("number") ?? "");
    if (!card) return html("The sandbox takes its test cards only.", 422);
    const chosen = withCard(payment, card);
    const after = decide(chosen, card);
    if ("refused" in after) return html(endPage(payment));
    if (after === chosen) {
      store.put(chosen);
      return html(codePage(chosen));
    }
    await keep(payment, after);
    return html(endPage(after));
  }

  async function answer(request: IncomingMessage): Promise<Reply | undefined> {
    const { method = "GET", url = "", headers } = request;
    const [room = "", ...path] = (url.split("?")[0] ?? "").split("/").slice(1);
    if (room === "health") return json(200, { status: "alive" });
    const text = await readText(request);
    if (room === "pay") return hosted(method, path, text);
    if (room !== "v1") return json(404, { code: "not_found" });
    if (headers.authorization !== `Bearer ${secret}`) return json(401, { code: "unauthorised" });
    const key = headers["idempotency-key"];
    if (method === "POST" && typeof key !== "string") return json(400, { code: "key_missing" });
    return api(method, path, text, typeof key === "string" ? key : "");
  }

  function write(response: ServerResponse, reply: Reply | undefined): void {
    // No reply: the answer that never comes. The caller gives up by its own time-out.
    if (!reply) return;
    response.writeHead(reply.status, { "content-type": reply.type, "cache-control": "no-store" });
    response.end(reply.body);
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (reply) => write(response, reply),
      () => write(response, json(400, { code: "bad_request" })),
    );
  });
  const bound = await listen(server, { host, port, portSetting: "PROVIDER_PORT" });
  const base = `http://${host}:${bound}`;
  pages = options.pagesUrl?.replace(/\/$/, "") ?? base;
  return {
    url: `${base}/v1`,
    pages,
    payments: store.all,
    async stop(): Promise<void> {
      webhooks.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
