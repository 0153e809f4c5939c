import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

/** A night of which the seed has a roster. */
const night = "2020-04-10T23:30:00+04:00";
const agency = (agencyId: string, scopes = ["facilities:write"]): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes,
  policies: [],
});

type Shift = { facilityId: string; startsAt: string; endsAt: string };
const publish = `mutation ($from: DateTime!, $to: DateTime!, $shifts: [DutyShiftInput!]!) {
  publishDutyRoster(from: $from, to: $to, shifts: $shifts)
}`;
const evening = { from: "2027-06-01T12:00:00+04:00", to: "2027-06-03T12:00:00+04:00" };

describe.each(databases)("a roster of duty on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  let now = Date.parse(night);
  let closedAtNight: string[];
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { clock: () => now });
    const rows = await health.database.db
      .selectFrom("facility")
      .select("id")
      .where("hours_text", "=", "Mo-Su 09:00-21:00")
      .orderBy("id")
      .limit(3)
      .execute();
    closedAtNight = rows.map(({ id }) => String(id));
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const send = (principal: Principal | undefined, shifts: Shift[], time = evening) =>
    health.ask(publish, { variables: { ...time, shifts }, ...(principal ? { principal } : {}) });
  const shift = (nth: number, startsAt: string, endsAt: string): Shift => ({
    facilityId: closedAtNight[nth] ?? "",
    startsAt: `2027-06-${startsAt}:00:00+04:00`,
    endsAt: `2027-06-${endsAt}:00:00+04:00`,
  });
  const onDuty = async (time: string): Promise<string[]> => {
    now = Date.parse(time);
    const { data, errors } = await health.ask(
      "{ facilities(filter: { onDuty: true }) { nodes { id openNow } } }",
    );
    expect(errors).toBeUndefined();
    expect(data.facilities.nodes.every((one: { openNow: boolean }) => one.openNow)).toBe(true);
    return data.facilities.nodes.map(({ id }: { id: string }) => id);
  };

  test("of the seed has three pharmacies a night, marked as samples and open", async () => {
    const ids = await onDuty(night);
    expect(ids).toHaveLength(3);
    const { data } = await health.ask(
      `{ facility(id: "${ids[0]}") { kind openNow nextChange dutyShifts { startsAt endsAt sample } openingWeek { spans { opens onDuty } } }
         facilities(filter: { openNow: true, onDuty: false, kinds: [PHARMACY] }) { totalCount }
         all: facilities(filter: { openNow: true, kinds: [PHARMACY] }) { totalCount } }`,
    );
    expect(data.facility).toMatchObject({ kind: "PHARMACY", openNow: true });
    expect(data.facility.dutyShifts[0]).toEqual({
      startsAt: "2020-04-10T18:00:00.000Z",
      endsAt: "2020-04-11T04:00:00.000Z",
      sample: true,
    });
    expect(data.facility.openingWeek[0].spans).toContainEqual({
      opens: "2020-04-10T18:00:00.000Z",
      onDuty: true,
    });
    expect(data.all.totalCount).toBe(data.facilities.totalCount + 3);
    expect(await onDuty("2020-04-11T08:00:00+04:00")).toEqual([]);
  });

  test("changes by night, opens what is closed, and lasts until the morning", async () => {
    const first = [shift(0, "01T22", "02T08"), shift(1, "02T22", "03T08")];
    const { data, errors } = await send(agency("dha"), first);
    expect(errors).toBeUndefined();
    expect(data.publishDutyRoster).toBe(2);
    expect(await onDuty("2027-06-02T07:59:00+04:00")).toContain(closedAtNight[0]);
    expect(await onDuty("2027-06-02T08:00:00+04:00")).not.toContain(closedAtNight[0]);
    expect(await onDuty("2027-06-02T22:00:00+04:00")).toContain(closedAtNight[1]);
    now = Date.parse("2027-06-01T21:30:00+04:00");
    const asked = await health.ask(
      `{ facility(id: "${closedAtNight[0]}") { openNow nextChange openAt(time: "2027-06-02T03:00:00+04:00") } }`,
    );
    expect(asked.data.facility).toEqual({
      openNow: false,
      nextChange: "2027-06-01T18:00:00.000Z",
      openAt: true,
    });
  });

  test("sent again is the same, and sent otherwise replaces what it said for its time", async () => {
    const kept = [shift(0, "01T22", "02T08")];
    for (const shifts of [kept, kept, [shift(2, "01T22", "02T08")]]) {
      expect((await send(agency("dha"), shifts)).data.publishDutyRoster).toBe(1);
    }
    const ids = await onDuty("2027-06-01T23:00:00+04:00");
    expect(ids).toContain(closedAtNight[2]);
    expect(ids).not.toContain(closedAtNight[0]);
  });

  test.each([
    ["ends before it begins", [["02T08", "01T22"]], "shifts[0].endsAt", "after `startsAt`"],
    ["lasts longer than a day", [["01T20", "02T21"]], "shifts[0].endsAt", "within 24 hours"],
    [
      "begins outside",
      [
        ["01T13", "02T08"],
        ["03T12", "03T20"],
      ],
      "shifts[1].startsAt",
      "within",
    ],
    [
      "overlaps another",
      [
        ["01T22", "02T08"],
        ["02T07", "02T09"],
      ],
      "shifts[1].startsAt",
      "overlaps `shifts[0]`",
    ],
  ])("with a shift that %s is refused by its place", async (_, times, argument, message) => {
    const shifts = times.map(([from = "", to = ""]) => shift(0, from, to));
    const { errors } = await send(agency("dha"), shifts);
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument });
  });

  test("that overlaps a night before it is refused, and changes nothing", async () => {
    await send(agency("dha"), [shift(0, "01T22", "02T08")]);
    const later = { from: "2027-06-02T06:00:00+04:00", to: "2027-06-03T06:00:00+04:00" };
    const { errors } = await send(agency("dha"), [shift(0, "02T07", "02T09")], later);
    expect(errors?.[0]?.message).toContain("began before `from`");
    expect(await onDuty("2027-06-02T07:30:00+04:00")).toContain(closedAtNight[0]);
    expect(await onDuty("2027-06-02T08:30:00+04:00")).not.toContain(closedAtNight[0]);
  });

  test.each([
    ["nobody", undefined, "UNAUTHENTICATED"],
    ["a client without the scope", agency("dha", []), "FORBIDDEN"],
    ["another agency", agency("dewa"), "FORBIDDEN"],
  ])("is refused to %s", async (_, principal, code) => {
    const { errors } = await send(principal, [shift(0, "01T22", "02T08")]);
    expect(errors?.[0]?.extensions.code).toBe(code);
  });

  test("of an unknown facility, of no time, or of too much time is refused", async () => {
    const unknown = { ...shift(0, "01T22", "02T08"), facilityId: "dha-none" };
    const answers = await Promise.all([
      send(agency("dha"), [unknown]),
      send(agency("dha"), [], { from: evening.to, to: evening.from }),
      send(agency("dha"), [], { from: evening.from, to: "2028-06-01T00:00:00+04:00" }),
    ]);
    expect(answers.map(({ errors }) => errors?.[0]?.extensions)).toMatchObject([
      { code: "BAD_USER_INPUT", argument: "shifts[0].facilityId" },
      { code: "BAD_USER_INPUT", argument: "from" },
      { code: "BAD_USER_INPUT", argument: "to" },
    ]);
  });
});
