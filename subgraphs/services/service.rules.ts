/** When a service can be used: its status, and the days of the city from which and until which it holds. */
import { cityDateOf } from "../kit/city-date.ts";
import type { ServiceTable } from "./tables.ts";

/** Days are compared as text: YYYY-MM-DD sorts as time does. */
export function isOffered(
  { status, details }: Pick<ServiceTable, "status" | "details">,
  now: Date,
) {
  const today = cityDateOf(now);
  const { validFrom, validUntil } = details;
  return (
    status === "ACTIVE" &&
    (validFrom === null || validFrom <= today) &&
    (validUntil === null || today <= validUntil)
  );
}
