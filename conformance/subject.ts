/** What the checks look at: the endpoint, its SDL and entities, and the ways to ask it. */
import { type DocumentNode, parse } from "graphql";
import type { Clock } from "../platform/clock.ts";
import {
  type EntitySubject,
  entitiesQuery,
  readEntities,
  type Representation,
} from "./entities.ts";
import { type Asked, createSender, type Exchange, type Sender } from "./exchange.ts";
import type { SampleKeys } from "./sample-keys.ts";

export type Budget = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Measured requests. */
  readonly requests: number;
};

export type SubjectOptions = {
  readonly url: string;
  /** As the gateway knows it: it is the `keyid` of signatures. */
  readonly name: string;
  readonly key: Uint8Array | undefined;
  readonly samples: SampleKeys;
  readonly budget: Budget;
  /** A body that is larger must be refused. */
  readonly maxBodyBytes: number;
  /** A request that is not answered by then has failed. */
  readonly timeoutMs: number;
  readonly clock: Clock;
};

export type Subject = SubjectOptions &
  Sender & {
    /** Undefined when it was not to be had, or does not parse. */
    readonly sdl: string | undefined;
    readonly entities: readonly EntitySubject[];
    readonly ask: (asked: Asked) => Promise<Exchange>;
    readonly askEntities: (
      entity: EntitySubject,
      representations: readonly unknown[],
      more?: Pick<Asked, "headers"> & { readonly selection?: string },
    ) => Promise<Exchange>;
    /** The cheapest question that needs a signature. */
    readonly probe: Asked;
  };

export const sdlQuery = "{ _service { sdl } }";

async function readSdl({ prepare, send }: Sender): Promise<string | undefined> {
  const answer = await send(prepare({ query: sdlQuery })).catch(() => undefined);
  const service = answer?.json?.data?.["_service"] as { sdl?: unknown } | null | undefined;
  return typeof service?.sdl === "string" ? service.sdl : undefined;
}

function tryParse(sdl: string | undefined): DocumentNode | undefined {
  try {
    return sdl === undefined ? undefined : parse(sdl);
  } catch {
    return undefined;
  }
}

/** Asks for the SDL; what is wrong with it is told by the check of it. */
export async function openSubject(options: SubjectOptions): Promise<Subject> {
  const sender = createSender(options);
  const sdl = await readSdl(sender);
  const document = tryParse(sdl);
  const ask: Subject["ask"] = (asked) => sender.send(sender.prepare(asked));
  return {
    ...options,
    ...sender,
    sdl: document ? sdl : undefined,
    entities: document ? readEntities(document, options.samples) : [],
    ask,
    askEntities: ({ type, selection, principal }, representations, more = {}) =>
      ask({
        query: entitiesQuery(type, more.selection ?? selection),
        variables: { representations },
        principal,
        ...(more.headers ? { headers: more.headers } : {}),
      }),
    probe: { query: "{ __typename }" },
  };
}

/** The answers of `_entities`; undefined when there is no list. */
export function entitiesOf({ json }: Exchange): readonly unknown[] | undefined {
  const list = json?.data?.["_entities"];
  return Array.isArray(list) ? list : undefined;
}

/** Its own name and the fields of the representation are there, with the same values. */
export function isAnswerTo(representation: Representation, answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  const fields = answer as Readonly<Record<string, unknown>>;
  return Object.entries(representation).every(
    ([name, value]) => !(name in fields) || JSON.stringify(fields[name]) === JSON.stringify(value),
  );
}

/** For sentences: status, and the first error or the beginning of the body. */
export function describe({ status, json, text }: Exchange): string {
  const [error] = Array.isArray(json?.errors) ? (json.errors as { message?: unknown }[]) : [];
  const said = typeof error?.message === "string" ? error.message : text;
  const short = said.length > 160 ? `${said.slice(0, 160)}…` : said;
  return `HTTP ${status}: ${short || "(no body)"}`;
}
