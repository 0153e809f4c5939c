/**
 * Who may publish bulletins, and what a bulletin must be. Enters: who asks, and texts and times as a
 * client gave them. Leaves: the agency that publishes, or an error that says how to mend it.
 */
import { createHash } from "node:crypto";
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { badUserInput, requirePrincipal } from "../kit/errors.ts";
import type { BulletinAudience, BulletinSeverity } from "./tables.ts";

export const publishingScope = "bulletins:write";
export const maxTitleLength = 200;
export const maxBodyLength = 5_000;
export const maxReasonLength = 500;

export type GivenText = { readonly en: string; readonly ar: string };

export type BulletinText = {
  readonly title: GivenText;
  readonly body: GivenText;
  readonly severity: BulletinSeverity;
  readonly audience: BulletinAudience;
  readonly validFrom: Date;
  readonly validUntil: Date | null;
};

export type Publisher = { readonly agencyId: string; readonly actorId: string };

/**
 * A clerk or a machine of an agency, whose token carries the scope.
 * @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN with what is missing.
 */
export function requirePublisher(principal: Principal | undefined, scope: string): Publisher {
  const { agencyId, scopes, id } = requirePrincipal(principal);
  const forbidden = (message: string) =>
    new GraphQLError(message, { extensions: { code: "FORBIDDEN" } });
  if (!scopes.includes(scope)) throw forbidden(`This needs the scope "${scope}".`);
  if (!agencyId) throw forbidden("Only who acts for an agency may do this.");
  return { agencyId, actorId: id };
}

function checkText(name: string, { en, ar }: GivenText, limit: number): void {
  for (const [language, text] of Object.entries({ en, ar })) {
    if (text.trim() === "" || text.length > limit) {
      throw badUserInput(
        `\`${name}.${language}\` must have 1 to ${limit} characters, not ${text.trim() === "" ? 0 : text.length}.`,
        { argument: `input.${name}.${language}` },
      );
    }
  }
  if (!/\p{Script=Arabic}/u.test(ar)) {
    throw badUserInput(`\`${name}.ar\` has no Arabic letter: give the Arabic text there.`, {
      argument: `input.${name}.ar`,
    });
  }
  if (!/\p{Script=Latin}/u.test(en)) {
    throw badUserInput(`\`${name}.en\` has no Latin letter: give the English text there.`, {
      argument: `input.${name}.en`,
    });
  }
}

/**
 * @param now milliseconds since the epoch.
 * @throws GraphQLError BAD_USER_INPUT that names the argument.
 */
export function checkBulletin(given: BulletinText, now: number): void {
  checkText("title", given.title, maxTitleLength);
  checkText("body", given.body, maxBodyLength);
  const { validFrom, validUntil } = given;
  if (!validUntil) return;
  if (validUntil <= validFrom) {
    throw badUserInput("`validUntil` must be after `validFrom`.", { argument: "input.validUntil" });
  }
  if (validUntil.getTime() <= now) {
    throw badUserInput("`validUntil` is past: nobody could follow the bulletin any more.", {
      argument: "input.validUntil",
    });
  }
}

export const checkReason = (reason: GivenText): void =>
  checkText("reason", reason, maxReasonLength);

/** @throws GraphQLError BAD_USER_INPUT for a key that is empty or over 64 characters. */
export function checkKey(idempotencyKey: string): void {
  if (/^[\x21-\x7e]{1,64}$/.test(idempotencyKey)) return;
  throw badUserInput(
    "`idempotencyKey` must be 1 to 64 visible ASCII characters, for example a UUID.",
    {
      argument: "input.idempotencyKey",
    },
  );
}

/** Equal for equal requests: tells a repetition from another request with a used key. */
export const digestOf = (request: unknown): string =>
  createHash("sha256").update(JSON.stringify(request)).digest("base64url");
