/**
 * What the fault program runs against: a payments process that can be killed and started again, on real
 * PostgreSQL, with the sandbox provider and a sandbox biller that stay alive beside it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { deriveSubgraphKey, signRequest } from "../../platform/http-signature.ts";
import { encodePrincipal, type Principal } from "../../platform/principal.ts";
import { fromRoot } from "../../platform/root.ts";
import {
  type SandboxBillerOptions,
  startSandboxBiller,
} from "../../tools/sandbox-provider/biller.ts";
import { startSandboxProvider } from "../../tools/sandbox-provider/server.ts";
import { freePorts } from "../support/free-ports.ts";

const secret = "a secret that only tests ever use";
const masterKey = "a signing key that only tests ever use";
const answerWithinMs = 8_000;

export type FaultCity = Awaited<ReturnType<typeof startFaultCity>>;

/** Undefined when nobody answered: the caller asks again with the same key. */
export type MaybeAnswer =
  | {
      readonly data?: Record<string, any> | null;
      readonly errors?: readonly { extensions: { code: string } }[];
    }
  | undefined;

export async function startFaultCity(
  databaseUrl: string,
  biller: Omit<SandboxBillerOptions, "secret">,
) {
  const [port = 0] = await freePorts(1);
  const base = `http://127.0.0.1:${port}`;
  const webhookSecret = `whsec_${randomBytes(24).toString("base64")}`;
  const provider = await startSandboxProvider({
    host: "127.0.0.1",
    port: 0,
    secret,
    webhookUrl: `${base}/webhooks/provider`,
    webhookSecret,
  });
  const du = await startSandboxBiller({ ...biller, secret });
  const key = deriveSubgraphKey(masterKey, "payments");
  let child: ChildProcess | undefined;
  const crashes: string[] = [];

  function launch(): ChildProcess {
    const script = fromRoot("dist/subgraphs/kit/main.js");
    return spawn(process.execPath, [script, "payments"], {
      env: {
        PATH: process.env["PATH"],
        PORT: `${port}`,
        DATABASE_URL: databaseUrl,
        SUBGRAPH_SIGNING_KEY: key.toString("base64url"),
        LOG_LEVEL: "fatal",
        PROVIDER_URL: provider.url,
        PROVIDER_SECRET: secret,
        PROVIDER_WEBHOOK_SECRET: webhookSecret,
        PROVIDER_TIMEOUT_MS: "400",
        BILLER_URLS: `du=${du.url}`,
        BILLER_SECRET: secret,
        OUTBOX_PAUSE_MS: "25",
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  const isUp = async (): Promise<boolean> => {
    try {
      const response = await fetch(`${base}/health`, { signal: AbortSignal.timeout(1_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  };

  return {
    provider,
    du,
    /** How it ended when nobody had killed it. */
    crashes: crashes as readonly string[],
    async start(): Promise<void> {
      child = launch();
      child.once("exit", (code, signal) => {
        if (signal !== "SIGKILL") crashes.push(signal ?? `code ${code}`);
      });
      while (!(await isUp())) {
        if (child.exitCode !== null) throw new Error("The payments process ended by itself.");
        await sleep(20);
      }
    },
    /** SIGKILL: nothing of it is finished, nothing is cleaned up. */
    async kill(): Promise<void> {
      const dying = child;
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
      const gone = new Promise((resolve) => dying.once("exit", resolve));
      dying.kill("SIGKILL");
      await gone;
    },
    async ask(query: string, variables: object, principal: Principal): Promise<MaybeAnswer> {
      const body = JSON.stringify({ query, variables });
      const encoded = encodePrincipal(principal);
      const requestId = createHash("sha256").update(body).digest("hex").slice(0, 16);
      const parts = { method: "POST", path: "/graphql", body, principal: encoded, requestId };
      try {
        const response = await fetch(`${base}/graphql`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "city-graph-principal": encoded,
            "x-request-id": requestId,
            ...signRequest(parts, key, "payments", Math.floor(Date.now() / 1_000)),
          },
          body,
          signal: AbortSignal.timeout(answerWithinMs),
        });
        return (await response.json()) as MaybeAnswer;
      } catch {
        return undefined;
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await this.kill();
      await du.stop();
      await provider.stop();
    },
  };
}
