/**
 * What a local city has in place of a provider of card payments and of a biller's own system: two
 * processes of `npm start`, and what the payments subgraph has to know of them. Left out when the
 * environment names a provider, and when payments is run elsewhere.
 */
import { join } from "node:path";
import { deriveSubgraphKey } from "../platform/http-signature.ts";
import { fromRoot } from "../platform/root.ts";
import type { CityHome } from "./city-home.ts";
import type { ProcessPlan } from "./city-plan.ts";
import { choosePort } from "./ports.ts";

export const sandboxScripts = {
  provider: fromRoot("dist/tools/sandbox-provider/main.js"),
  biller: fromRoot("dist/tools/sandbox-provider/biller-main.js"),
};

/** The biller of the seed whose bills are asked for and posted over HTTP. */
const billerWithSystem = "du";

export type SandboxOptions = {
  readonly env: NodeJS.ProcessEnv;
  /** `env` without what only the launcher decides. */
  readonly inherited: NodeJS.ProcessEnv;
  readonly home: CityHome;
  readonly host: string;
  /** As others reach `host`. */
  readonly reachableHost: string;
  readonly signingKey: string;
  readonly scripts: typeof sandboxScripts;
};

export type Sandbox = {
  readonly processes: readonly ProcessPlan[];
  /** Settings of the payments subgraph. @param paymentsUrl its own address, where webhooks go. */
  readonly settings: Readonly<Record<string, string>>;
};

/** @param paymentsUrl address of the payments subgraph without a path: its webhooks go there. */
export function planSandbox(options: SandboxOptions, paymentsUrl: string): Sandbox {
  const { env, inherited, home, host, reachableHost, signingKey, scripts } = options;
  const secretOf = (purpose: string): Buffer => deriveSubgraphKey(signingKey, `sandbox-${purpose}`);
  const apiSecret = secretOf("provider").toString("base64url");
  const webhookSecret = `whsec_${secretOf("webhooks").toString("base64")}`;
  const billerSecret = secretOf("biller").toString("base64url");
  const journal = (name: string): string => join(home.path, "data", `${name}.jsonl`);

  function planOne(
    name: "provider" | "biller",
    fallback: number,
    store: string,
    own: (base: string) => Record<string, string>,
  ): ProcessPlan {
    const port = choosePort(name, fallback, env);
    const base = `http://${reachableHost}:${port.port}`;
    return {
      name,
      script: scripts[name],
      args: [],
      env: { ...inherited, HOST: host, PORT: `${port.port}`, ...own(base) },
      port,
      url: base,
      readyUrl: `${base}/health`,
      store,
      task: "starting",
      advice: "Forget its payments and all other data: npm start -- --reset",
    };
  }

  const provider = planOne("provider", 4010, "sandbox for cards", (base) => ({
    PROVIDER_PAGES_URL: base,
    PROVIDER_SECRET: apiSecret,
    PROVIDER_WEBHOOK_URL: `${paymentsUrl}/webhooks/provider`,
    PROVIDER_WEBHOOK_SECRET: webhookSecret,
    PROVIDER_JOURNAL: journal("provider"),
  }));
  const biller = planOne("biller", 4011, `sandbox of ${billerWithSystem}`, () => ({
    BILLER: billerWithSystem,
    BILLER_SECRET: billerSecret,
    BILLER_JOURNAL: journal("biller"),
  }));
  return {
    processes: [provider, biller],
    settings: {
      PROVIDER_URL: `${provider.url}/v1`,
      PROVIDER_SECRET: apiSecret,
      PROVIDER_WEBHOOK_SECRET: webhookSecret,
      BILLER_URLS: `${billerWithSystem}=${biller.url}`,
      BILLER_SECRET: billerSecret,
    },
  };
}
