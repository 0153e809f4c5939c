import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const friday = Date.parse("2020-03-27T12:15:00+04:00");
const scopes = ["facilities:write"];
const agency = (agencyId: string, given = scopes): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes: given,
  policies: [],
});
const dha = agency("dha");

const mutation = `mutation ($id: ID!, $hours: String!) {
  correctFacilityHours(facilityId: $id, hours: $hours) { id openNow nextChange openingHours { text sample } }
}`;

describe.each(databases)("a correction of opening hours on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { clock: () => friday });
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const correct = (principal: Principal | undefined, hours: string, id = "dha-0000036") =>
    health.ask(mutation, { variables: { id, hours }, ...(principal ? { principal } : {}) });
  const textOf = async (id: string): Promise<string> => {
    const { data } = await health.ask(`{ facility(id: "${id}") { openingHours { text } } }`);
    return data.facility.openingHours.text;
  };

  test("holds at once for the facility and for the search by what is open", async () => {
    const search = `{ facilities(filter: { text: "Imran Tahir Aestheticare", openNow: true }) { nodes { id } } }`;
    for (const [hours, openNow] of [
      ["Fr 12:00-12:30", true],
      ["Mo-Th 09:00-17:00; Fr off", false],
    ] as const) {
      const { data, errors } = await correct(dha, ` ${hours} `);
      expect(errors).toBeUndefined();
      expect(data.correctFacilityHours).toMatchObject({
        openNow,
        openingHours: { text: hours, sample: false },
      });
      expect((await health.ask(search)).data.facilities.nodes).toHaveLength(openNow ? 1 : 0);
    }
  });

  test.each([
    ["Mo-Fr 09:00-25:00", 13, "a time up to 24:00"],
    ["Mo-Fr 09:00-17:00; Xy off", 20, "a day such as Mo"],
    ["", 1, "a time such as 09:00"],
  ])("%j is refused with the place, and changes nothing", async (hours, position, expected) => {
    const before = await textOf("dha-0000036");
    const { errors } = await correct(dha, hours);
    expect(errors?.[0]?.message).toContain(expected);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "hours" });
    expect(errors?.[0]?.extensions).toHaveProperty("position", position);
    expect(await textOf("dha-0000036")).toBe(before);
  });

  test("of more than 500 characters is refused", async () => {
    const { errors } = await correct(dha, "x".repeat(501));
    expect(errors?.[0]?.message).toContain("up to 500 characters, not 501");
  });

  test.each([
    ["nobody", undefined, "UNAUTHENTICATED"],
    ["a person", { kind: "person", id: "person-amal", scopes, policies: [] }, "FORBIDDEN"],
    ["an operator", { kind: "operator", id: "operator-noura", scopes, policies: [] }, "FORBIDDEN"],
    ["a client without the scope", agency("dha", ["billing:read"]), "FORBIDDEN"],
    ["another agency", agency("dewa"), "FORBIDDEN"],
  ] as const)("is refused to %s", async (_, principal, code) => {
    const before = await textOf("dha-0000035");
    const { errors } = await correct(principal as Principal | undefined, "Mo off", "dha-0000035");
    expect(errors?.[0]?.extensions.code).toBe(code);
    expect(await textOf("dha-0000035")).toBe(before);
  });

  test("of a facility that does not exist is null", async () => {
    expect((await correct(dha, "24/7", "dha-none")).data).toEqual({ correctFacilityHours: null });
  });
});
