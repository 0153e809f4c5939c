/**
 * Requests that were tampered with, and whether they are refused (RFC 9421; docs/partner-agency.md).
 * Each check below it changes one thing of a request that is otherwise right, so that the name of what
 * fails says what is not looked at.
 */
import type { SignedParts } from "../../platform/http-signature.ts";
import { principalHeader, requestIdHeader } from "../../platform/http-signature.ts";
import { type Check, failed, passed, type Verdict } from "../check.ts";
import type { Prepared } from "../exchange.ts";
import { describe, type Subject } from "../subject.ts";

export const needsKey = failed(
  "no key was given",
  "Give the key that the gateway has for this subgraph: --key, base64url of 32 bytes. To leave signatures out for now: --skip 'signature-*'.",
);

/** The parts that the kit signed, to be signed anew with a change. */
export function partsOf({ method, url, headers, body }: Prepared): SignedParts {
  return {
    method,
    path: new URL(url).pathname,
    body,
    principal: headers[principalHeader] ?? "",
    requestId: headers[requestIdHeader] ?? "",
  };
}

export const nowSeconds = ({ clock }: Subject): number => Math.floor(clock() / 1_000);

/**
 * A check that what `tamper` makes of a right request is refused with 401 or 403, without data.
 * @param mend What has to be looked at.
 */
export function refuses(
  name: string,
  rule: string,
  mend: string,
  tamper: (right: Prepared, subject: Subject & { readonly key: Uint8Array }) => readonly Prepared[],
): Check {
  return {
    name: `signature-${name}`,
    rule,
    async run(subject): Promise<Verdict> {
      const { key, prepare, send, probe } = subject;
      if (!key) return needsKey;
      for (const wrong of tamper(prepare(probe), { ...subject, key })) {
        const answer = await send(wrong);
        const isRefused = answer.status === 401 || answer.status === 403;
        if (!isRefused || answer.json?.data != null) return failed(describe(answer), mend);
      }
      return passed("refused");
    },
  };
}
