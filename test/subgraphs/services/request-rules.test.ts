/** The life of a request and its clock, as rules; and that the database holds the same edges. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cityCalendar } from "../../../subgraphs/kit/city-calendar.ts";
import { dayMs } from "../../../subgraphs/kit/city-date.ts";
import {
  clockAfter,
  durationMs,
  isOverdue,
  newClock,
  usedMsAt,
} from "../../../subgraphs/services/request-clock.rules.ts";
import {
  isEnded,
  nextEvents,
  requestActorKinds,
  requestEdges,
  requestEvents,
  requestStatuses,
  statusAfter,
} from "../../../subgraphs/services/request.rules.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { databases } from "../../support/databases.ts";

describe("the life of a request", () => {
  test("has in the database the edges that it has in the rules, and no others", async () => {
    await using database = await databases[0].open(subgraph, { seed: false });
    const rows = await database.db
      .selectFrom("request_edge" as never)
      .selectAll()
      .execute();
    const held = rows
      .map((row: any) => `${row.event} ${row.from_status} ${row.to_status} ${row.actor}`)
      .toSorted();
    const ruled = requestEvents
      .flatMap((event) =>
        requestEdges[event].from.flatMap((from) =>
          requestEdges[event].by.map((by) => `${event} ${from} ${requestEdges[event].to} ${by}`),
        ),
      )
      .toSorted();
    expect(held).toEqual(ruled);
  });

  test("reaches every status from a draft, and an end from every status", () => {
    const after = (status: (typeof requestStatuses)[number]) =>
      requestActorKinds.flatMap((actor) =>
        nextEvents(status, actor).flatMap((event) => statusAfter(status, event, actor) ?? []),
      );
    const reach = (from: (typeof requestStatuses)[number]) => {
      const reached = new Set([from]);
      for (const status of reached) for (const next of after(status)) reached.add(next);
      return reached;
    };
    expect([...reach("DRAFT")].toSorted()).toEqual([...requestStatuses].toSorted());
    for (const status of requestStatuses) expect([...reach(status)].some(isEnded)).toBe(true);
    expect(requestStatuses.filter(isEnded)).toEqual([
      "COMPLETED",
      "REJECTED",
      "WITHDRAWN",
      "LAPSED",
      "DISCARDED",
    ]);
  });

  test("gives a person no step of the agency, and the agency none of the person", () => {
    for (const status of requestStatuses) {
      const persons = nextEvents(status, "PERSON");
      expect(nextEvents(status, "AGENCY").filter((event) => persons.includes(event))).toEqual([]);
    }
  });
});

describe("durations", () => {
  test.each([
    ["PT10M", 600_000],
    ["P1D", dayMs],
    ["P2DT3H4M", 2 * dayMs + 3 * 3_600_000 + 240_000],
    ["PT24H", dayMs],
  ])("%s is %i ms", (text, ms) => expect(durationMs(text)).toBe(ms));

  test.each(["P", "PT", "P1Y", "1D", "", "P-1D"])("%j is none", (text) => {
    expect(() => durationMs(text)).toThrow("is no duration");
  });
});

describe("the agency's time", () => {
  const at = (text: string) => new Date(`${text}+04:00`);
  const threeDays = { targetMs: 3 * dayMs, businessDays: true };

  test("counts working days, stands still while the person is asked, and goes on with what is left", () => {
    const sent = clockAfter(newClock, "SUBMITTED", at("2026-02-05T10:00"), threeDays, cityCalendar);
    expect(sent.dueAt).toEqual(at("2026-02-10T10:00"));
    const taken = clockAfter(sent, "ASSIGNED", at("2026-02-05T12:00"), threeDays, cityCalendar);
    expect(taken).toEqual(sent);
    const asked = clockAfter(
      taken,
      "INFORMATION_REQUESTED",
      at("2026-02-06T10:00"),
      threeDays,
      cityCalendar,
    );
    expect(asked).toEqual({ usedMs: dayMs, since: null, dueAt: null });
    const answered = clockAfter(
      asked,
      "IN_REVIEW",
      at("2026-02-19T10:00"),
      threeDays,
      cityCalendar,
    );
    // Two days are left: Friday, and Monday until ten.
    expect(answered.dueAt).toEqual(at("2026-02-23T10:00"));
  });

  test("counts every hour where no working days were promised", () => {
    const promised = { targetMs: dayMs, businessDays: false };
    const sent = clockAfter(newClock, "SUBMITTED", at("2026-02-07T10:00"), promised, cityCalendar);
    expect(sent.dueAt).toEqual(at("2026-02-08T10:00"));
  });

  test("is overdue from the moment after it is due, whatever pauses there were", () => {
    const statuses = fc.array(
      fc.tuple(
        fc.constantFrom("ASSIGNED", "IN_REVIEW", "INFORMATION_REQUESTED" as const),
        fc.integer({ min: 0, max: 6 * dayMs }),
      ),
      { maxLength: 12 },
    );
    const promises = fc.record({
      targetMs: fc.integer({ min: 60_000, max: 20 * dayMs }),
      businessDays: fc.boolean(),
    });
    fc.assert(
      fc.property(statuses, promises, (steps, promised) => {
        const { businessDays } = promised;
        let now = at("2025-11-20T09:30");
        let clock = clockAfter(newClock, "SUBMITTED", now, promised, cityCalendar);
        let agencysMs = 0;
        for (const [status, waitMs] of steps) {
          const next = new Date(now.getTime() + waitMs);
          if (clock.since) {
            agencysMs += businessDays ? cityCalendar.workingMsBetween(now, next) : waitMs;
          }
          now = next;
          clock = clockAfter(clock, status, now, promised, cityCalendar);
          expect(usedMsAt(clock, now, businessDays, cityCalendar)).toBe(agencysMs);
          expect(isOverdue(clock, now, promised, cityCalendar)).toBe(agencysMs > promised.targetMs);
        }
        if (!clock.dueAt || clock.dueAt < now) return;
        const { dueAt } = clock;
        const after = new Date(cityCalendar.addWorkingMs(dueAt, 1).getTime());
        expect(isOverdue(clock, dueAt, promised, cityCalendar)).toBe(false);
        expect(isOverdue(clock, after, promised, cityCalendar)).toBe(true);
      }),
    );
  });
});
