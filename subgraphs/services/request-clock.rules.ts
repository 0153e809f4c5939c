/**
 * The service level: how much time an agency has for a request, counted while it is the agency's turn.
 * Time of services that promise working days is counted in working days of the city's calendar, midnight to
 * midnight: three working days that begin on a Thursday at ten end on the Tuesday at ten. Pure.
 */
import type { CityCalendar } from "../kit/city-calendar.ts";
import { isAgencysTurn, type RequestStatus } from "./request.rules.ts";

/** What was promised when the request was sent. */
export type Promised = { readonly targetMs: number; readonly businessDays: boolean };

export type RequestClock = {
  /** Counted until `since`, or until it was stopped. */
  readonly usedMs: number;
  /** When it was started; null while it stands still. */
  readonly since: Date | null;
  /** When the time is used up if nothing happens before; null while it stands still. */
  readonly dueAt: Date | null;
};

export const newClock: RequestClock = { usedMs: 0, since: null, dueAt: null };

const durationForm = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/;

/** ISO 8601 duration of days, hours and minutes → milliseconds. @throws Error for any other text. */
export function durationMs(duration: string): number {
  const parts = durationForm.exec(duration);
  if (!parts || duration.length < 3) throw new Error(`"${duration}" is no duration like P3D.`);
  const [days, hours, minutes] = parts.slice(1).map((part) => Number(part ?? 0));
  return ((days! * 24 + hours!) * 60 + minutes!) * 60_000;
}

/** Where more was used than promised, `dueAt` lies as far in the past. */
function startedAt(
  at: Date,
  usedMs: number,
  { targetMs, businessDays }: Promised,
  calendar: CityCalendar,
): RequestClock {
  const leftMs = targetMs - usedMs;
  const dueAt =
    businessDays && leftMs > 0
      ? calendar.addWorkingMs(at, leftMs)
      : new Date(at.getTime() + leftMs);
  return { usedMs, since: at, dueAt };
}

/** Counted up to that moment. */
export function usedMsAt(
  { usedMs, since }: Pick<RequestClock, "usedMs" | "since">,
  at: Date,
  businessDays: boolean,
  calendar: CityCalendar,
): number {
  if (!since || at <= since) return usedMs;
  const ran = businessDays ? calendar.workingMsBetween(since, at) : at.getTime() - since.getTime();
  return usedMs + ran;
}

/** The clock after a step: it goes on, stops or starts as the turn changes, and keeps what it has counted. */
export function clockAfter(
  clock: RequestClock,
  to: RequestStatus,
  at: Date,
  promised: Promised,
  calendar: CityCalendar,
): RequestClock {
  const runs = isAgencysTurn(to);
  if (runs && clock.since) return clock;
  if (runs) return startedAt(at, clock.usedMs, promised, calendar);
  const usedMs = usedMsAt(clock, at, promised.businessDays, calendar);
  return { usedMs, since: null, dueAt: null };
}

/** Whether the agency took, or is taking, longer than was promised. */
export const isOverdue = (
  clock: RequestClock,
  at: Date,
  { targetMs, businessDays }: Promised,
  calendar: CityCalendar,
): boolean => usedMsAt(clock, at, businessDays, calendar) > targetMs;
