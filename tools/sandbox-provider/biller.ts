/**
 * A sandbox biller: the system that a biller would run itself. It tells what is due for its bills and
 * takes postings, each payment once. What it answers is decided by whoever starts it.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
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
  /** 127.0.0.1 when left out. */
  readonly host?: string;
  /** Any free one when left out. */
  readonly port?: number;
  /** Where postings are remembered across restarts; without it in memory. */
  readonly journal?: string;
  /** Undefined for a bill that it does not know. */
  readonly billOf: (billId: string) => SandboxBill | undefined;
  /** UNANSWERED: it is posted, and the answer never comes; the next one does. */
  readonly decide: (posting: {
    readonly bill: string;
    readonly amount: bigint;
  }) => "POSTED" | "REJECTED" | "UNANSWERED";
};

export type Posted = { readonly bill: string; readonly amount: bigint; readonly result: object };

type JournalLine = { readonly payment: string; readonly bill: string; readonly amount: string };

function readJournal(file: string | undefined): Map<string, Posted> {
  if (!file || !existsSync(file)) return new Map();
  // A line that was cut off by a crash is the last one, and was never answered.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return new Map(
    lines.map((line): [string, Posted] => {
      const { payment, bill, amount, ...result } = JSON.parse(line) as JournalLine;
      return [payment, { bill, amount: BigInt(amount), result }];
    }),
  );
}

export async function startSandboxBiller(options: SandboxBillerOptions) {
  const { secret, billOf, decide, host = "127.0.0.1", port = 0, journal } = options;
  const postings = readJournal(journal);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const reply = (status: number, body: object) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      const [, what, id = ""] = (request.url ?? "").split("/");
      if (what === "health") return reply(200, { status: "alive" });
      if (request.headers.authorization !== `Bearer ${secret}`) return reply(401, {});
      if (what === "bills") {
        const bill = billOf(decodeURIComponent(id));
        // Unknown is not the same as not due, which would withdraw the bill.
        if (!bill) return reply(404, { code: "not_found" });
        const lines = bill.lines.map((line) => ({ ...line, amount: `${line.amount}` }));
        return reply(200, { due: bill.due, lines });
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
      if (journal) {
        appendFileSync(journal, `${JSON.stringify({ payment: id, bill, amount, ...result })}\n`);
      }
      postings.set(id, { bill, amount: BigInt(amount), result });
      if (decision !== "UNANSWERED") reply(200, result);
    });
  });
  const bound = await listen(server, { host, port, portSetting: "BILLER_PORT" });
  return {
    url: `http://${host}:${bound}`,
    /** By payment id. */
    postings,
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
