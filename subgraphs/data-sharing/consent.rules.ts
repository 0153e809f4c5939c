/** What a consent is worth at a moment, what may be consented to, and what a consent covers. */
import { badUserInput } from "../kit/errors.ts";
import { isConsentable } from "./purpose.rules.ts";
import type { LegalBasis, PersonalFieldData, PurposeCode } from "./tables.ts";

export const consentStatuses = {
  ACTIVE: "ACTIVE",
  WITHDRAWN: "WITHDRAWN",
  EXPIRED: "EXPIRED",
} as const;
export type ConsentStatus = keyof typeof consentStatuses;

/**
 * @param nowMs Unix time in milliseconds. A withdrawal counts as soon as it is recorded, even when
 * another process's clock is ahead, and for ever, also after the end.
 */
export function statusOfConsent(
  consent: { readonly until: Date; readonly withdrawnAt: Date | null },
  nowMs: number,
): ConsentStatus {
  if (consent.withdrawnAt) return "WITHDRAWN";
  return consent.until.getTime() <= nowMs ? "EXPIRED" : "ACTIVE";
}

/** Longer than this is asked anew. */
export const maxConsentYears = 10;

/** @throws GraphQLError BAD_USER_INPUT unless the end lies in the future and within ten years. */
export function checkUntil(until: Date, nowMs: number): void {
  const latest = new Date(nowMs);
  latest.setUTCFullYear(latest.getUTCFullYear() + maxConsentYears);
  if (until.getTime() > nowMs && until.getTime() <= latest.getTime()) return;
  throw badUserInput(
    `\`until\` must lie after now and within ${maxConsentYears} years: choose a moment up to ${latest.toISOString()}.`,
  );
}

/** @throws GraphQLError BAD_USER_INPUT for a purpose that needs no consent. */
export function checkPurpose(code: PurposeCode): void {
  if (isConsentable(code)) return;
  throw badUserInput(`Nobody can consent to ${code}: it rests on law. Choose another \`purpose\`.`);
}

/**
 * Names → fields, in the dataset's order, each once.
 * @throws GraphQLError BAD_USER_INPUT for no name, or one that is not a personal field of the dataset.
 */
export function chooseFields(
  names: readonly string[],
  known: readonly PersonalFieldData[],
): readonly PersonalFieldData[] {
  const choice = `Choose from: ${known.map(({ name }) => name).join(", ")}.`;
  if (known.length === 0) {
    throw badUserInput("The dataset holds no personal data: nothing in it needs a consent.");
  }
  if (names.length === 0) throw badUserInput(`\`fields\` must name at least one. ${choice}`);
  const unknown = names.find((name) => known.every((field) => field.name !== name));
  if (unknown !== undefined) {
    throw badUserInput(
      `${JSON.stringify(unknown.slice(0, 100))} is no personal field of the dataset. ${choice}`,
    );
  }
  return known.filter(({ name }) => names.includes(name));
}

type Use = {
  readonly person_id: string;
  readonly dataset_id: string;
  readonly purpose_code: PurposeCode;
  readonly fields: readonly PersonalFieldData[];
};
type StandingConsent = Use & {
  readonly granted_to: string;
  readonly since: Date;
  readonly until: Date;
  readonly withdrawn_at: Date | null;
};
type Access = Use & {
  readonly agency_id: string;
  readonly at: Date;
  readonly legal_basis: LegalBasis;
};

/** Whether a consent allowed an access: same person, data, agency and purpose, no other field, and in time. */
export function isCovered(access: Access, consent: StandingConsent): boolean {
  const { since, until, withdrawn_at: withdrawnAt } = consent;
  const granted = new Set(consent.fields.map(({ name }) => name));
  return (
    access.person_id === consent.person_id &&
    access.dataset_id === consent.dataset_id &&
    access.agency_id === consent.granted_to &&
    access.purpose_code === consent.purpose_code &&
    access.fields.every(({ name }) => granted.has(name)) &&
    since <= access.at &&
    access.at < until &&
    (withdrawnAt === null || access.at < withdrawnAt)
  );
}
