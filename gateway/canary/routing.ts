/**
 * Which requests a candidate serves: those that ask for it by a header and may, and a share of the clients,
 * always the same ones (a hash of the candidate and who asks), whatever they ask.
 */
import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "../../platform/principal.ts";
import { Refusal } from "../http/refusal.ts";

/** Its value is the candidate's number. */
export const previewHeader = "city-graph-preview";

export type PreviewTo = "operators" | "agencies" | "everybody" | "nobody";

/** The candidate that a request goes to. */
export type ToCandidate = { readonly id: number; readonly isMarked: boolean };

export type AskedBy = {
  readonly headers: IncomingHttpHeaders;
  readonly principal: Principal | undefined;
  /** Who it is when nobody is signed in. */
  readonly address: string;
};

/** @returns undefined for what is live. @throws Refusal for a mark that leads nowhere. */
export type CandidateFor = (asked: AskedBy) => ToCandidate | undefined;

const kindsOf: Readonly<Record<PreviewTo, readonly (string | undefined)[]>> = {
  operators: ["operator"],
  agencies: ["operator", "agency"],
  everybody: ["operator", "agency", "person", undefined],
  nobody: [],
};

/** 0 to 100: evenly spread, and the same each time. */
function placeOf(id: number, { principal, address }: AskedBy): number {
  const client = principal ? `${principal.kind}:${principal.id}` : address;
  const digest = hash("sha256", `${id} ${client}`, "buffer");
  return (digest.readUInt32BE(0) / 2 ** 32) * 100;
}

export function createRouting(
  open: () => { readonly id: number; readonly share: number } | undefined,
  previewTo: PreviewTo,
): CandidateFor {
  return (asked) => {
    const candidate = open();
    const mark = asked.headers[previewHeader];
    if (mark === undefined) {
      if (!candidate || candidate.share === 0) return undefined;
      return placeOf(candidate.id, asked) < candidate.share
        ? { id: candidate.id, isMarked: false }
        : undefined;
    }
    if (!kindsOf[previewTo].includes(asked.principal?.kind)) {
      const message = `Previews are for ${previewTo} here: leave the header ${previewHeader} out, or send a token that may.`;
      throw new Refusal("FORBIDDEN", message);
    }
    if (candidate && `${candidate.id}` === mark) return { id: candidate.id, isMarked: true };
    const which = candidate ? `candidate ${candidate.id} is open` : "none is open";
    const message = `There is no such candidate; ${which}. Send its number as ${previewHeader}, or leave the header out.`;
    throw new Refusal("NO_CANDIDATE", message);
  };
}
