/** What a consent is worth at a moment. */

export const consentStatuses = {
  ACTIVE: "ACTIVE",
  WITHDRAWN: "WITHDRAWN",
  EXPIRED: "EXPIRED",
} as const;
export type ConsentStatus = keyof typeof consentStatuses;

/** @param nowMs Unix time in milliseconds. A withdrawal counts for ever, also after the end. */
export function statusOfConsent(
  consent: { readonly until: Date; readonly withdrawnAt: Date | null },
  nowMs: number,
): ConsentStatus {
  if (consent.withdrawnAt && consent.withdrawnAt.getTime() <= nowMs) return "WITHDRAWN";
  return consent.until.getTime() <= nowMs ? "EXPIRED" : "ACTIVE";
}
