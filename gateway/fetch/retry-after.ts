/** The `Retry-After` header (RFC 9110 section 10.2.3): seconds, or a date. */

/** @returns milliseconds from now, never negative; undefined when there is none or it makes no sense. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  // An HTTP date begins with its weekday; Date.parse alone would take "1.5" for a year.
  const dateMs = /^[A-Z][a-z]{2,8},? /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
