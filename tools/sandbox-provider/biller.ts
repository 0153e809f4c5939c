/**
 * A sandbox biller: the system that a biller would run itself. It tells what is due for its bills and
 * takes postings, each payment once. What it answers is decided by whoever starts it.
 */
import { createServer } from "node:http";
import { listen } from "../../platform/listen.ts";

export type SandboxBill = {
  readonly due: boolean;
  readonly lines: readonly {
    readonly kind: string;
    readonly description: { readonly en: string; readonly ar: string };
    readonly amount: bigint;
  }[];
};

export type SandboxBillerOptions = {
  readonly secret: string;
  /** Undefined for a bill that it does not know. */
  readonly billOf: (billId: string) => SandboxBill | undefined;
  /** UNANSWERED: it is posted, and the answer never comes; the next one does. */
  readonly decide: (posting: {
    readonly bill: string;
    readonly amount: bigint;
  }) => "POSTED" | "REJECTED" | "UNANSWERED";
};

export type Posted = { readonly bill: string; readonly amount: bigint; readonly result: object };

export async function startSandboxBiller({ secret, billOf, decide }: SandboxBillerOptions) {
  const postings = new Map<string, Posted>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const reply = (status: number, body: object) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      const [, what, id = ""] = (request.url ?? "").split("/");
      if (request.headers.authorization !== `Bearer ${secret}`) return reply(401, {});
      if (what === "bills") {
        const bill = billOf(decodeURIComponent(id));
        const lines = bill?.lines.map((line) => ({ ...line, amount: `${line.amount}` })) ?? [];
        return reply(200, { due: bill?.due ?? false, lines });
      }
      const known = postings.get(id);
      if (known) return reply(200, known.result);
      const { bill, amount } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
        bill: string;
        amount: string;
      };
      const decision = decide({ bill, amount: BigInt(amount) });
      const result =
        decision === "REJECTED"
          ? { result: "rejected", reason: "account closed" }
          : { result: "posted", reference: `ref-${postings.size + 1}` };
      postings.set(id, { bill, amount: BigInt(amount), result });
      if (decision !== "UNANSWERED") reply(200, result);
    });
  });
  const port = await listen(server, { host: "127.0.0.1", port: 0, portSetting: "BILLER_PORT" });
  return {
    url: `http://127.0.0.1:${port}`,
    /** By payment id. */
    postings,
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
