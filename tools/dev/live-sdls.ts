/**
 * The SDLs of what is live in a registry (`GET /subgraphs/sdl`), asked again from time to time.
 */
import { z } from "zod";
import type { Clock } from "../../platform/clock.ts";
import { ToolError } from "../tool.ts";

export type LiveSdl = { readonly name: string; readonly sdl: string };

export type LiveSdlsOptions = {
  /** Of the registry, without a path. */
  readonly url: string;
  /** An agency's credential, or the operator's key. */
  readonly credential: string;
  readonly clock: Clock;
  /** The registry is not asked more often than this. */
  readonly everyMs: number;
  readonly say: (line: string) => void;
};

/** @throws ToolError when the registry is away or refuses: why. */
export type ReadLiveSdls = () => Promise<readonly LiveSdl[]>;

const answerTimeoutMs = 5_000;

/** Files are named by it. */
const name = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
const answered = z.object({
  launch: z.number().int(),
  subgraphs: z.array(z.object({ name, sdl: z.string() })),
});
const refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export function createLiveSdls(options: LiveSdlsOptions): ReadLiveSdls {
  const { url, credential, clock, everyMs, say } = options;
  let last: z.infer<typeof answered> | undefined;
  let asking: Promise<readonly LiveSdl[]> | undefined;
  let askedAtMs = 0;

  async function ask(): Promise<readonly LiveSdl[]> {
    const response = await fetch(new URL("/subgraphs/sdl", url), {
      headers: {
        authorization: `Bearer ${credential}`,
        ...(last ? { "if-none-match": `"${last.launch}"` } : {}),
      },
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    if (response.status === 304 && last) return last.subgraphs;
    const body: unknown = await response.json().catch(() => undefined);
    const { data: refusal } = refused.safeParse(body);
    if (refusal) throw new Error(`${refusal.error.code}: ${refusal.error.message}`);
    const { data } = answered.safeParse(body);
    if (!data) throw new Error(`no registry answers there (HTTP status ${response.status})`);
    last = data;
    say(`The registry's launch ${data.launch} is what is live.`);
    return data.subgraphs;
  }

  return () => {
    if (asking && clock() - askedAtMs < everyMs) return asking;
    askedAtMs = clock();
    asking = ask().catch((error: unknown) => {
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? cause.message || message : message;
      throw new ToolError(`The registry ${url} gives no SDLs: ${reason}`);
    });
    return asking;
  };
}
