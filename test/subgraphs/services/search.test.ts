import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

const page = `query ($query: String!, $first: Int = 5, $after: String, $filter: ServiceSearchFilter, $language: SearchLanguage) {
  searchServices(query: $query, first: $first, after: $after, filter: $filter, language: $language) {
    hits { totalCount pageInfo { hasNextPage endCursor } nodes { service { id name { en ar } } highlights { field language ranges { start end } } } }
    categories { category { id } count }
    agencies { agency { id } count }
    lifeEvents { lifeEvent { id name { en } } count }
    channels { channel count }
    audiences { audience count }
  }
}`;

type Hit = { service: { id: string; name: { en: string; ar: string } }; highlights: any[] };
const idsOf = (hits: readonly Hit[]) => hits.map(({ service }) => service.id);

describe.each(databases)("the search on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind);
  });
  afterAll(() => services[Symbol.asyncDispose]());

  async function search(variables: Readonly<Record<string, unknown>>) {
    const { data, errors } = await services.ask(page, { variables });
    expect(errors).toBeUndefined();
    return data.searchServices;
  }

  test("finds what is meant, and marks in both languages the words that it met", async () => {
    const { hits } = await search({ query: "pay elctricity bill" });
    expect(idsOf(hits.nodes)[0]).toBe("dewa-electricity-bill");
    const [{ service, highlights }] = hits.nodes;
    const inName = (language: "EN" | "AR") =>
      highlights
        .filter((one: any) => one.field === "NAME" && one.language === language)
        .flatMap((one: any) => one.ranges)
        .map(({ start, end }: { start: number; end: number }) =>
          service.name[language === "EN" ? "en" : "ar"].slice(start, end),
        );
    expect(inName("EN")).toEqual(["Pay", "electricity", "bill"]);
    expect(inName("AR")).toEqual(["سداد", "فاتورة"]);
    const arabic = await search({ query: "bill", language: "AR" });
    const languages = arabic.hits.nodes.flatMap((hit: Hit) =>
      hit.highlights.map((one) => one.language),
    );
    expect(new Set(languages)).toEqual(new Set(["AR"]));
  });

  test("counts each facet by the other filters, and life events among them", async () => {
    const free = await search({ query: "fines", filter: { payable: false } });
    const police = free.agencies.find((one: any) => one.agency.id === "dubai-police");
    const only = await search({
      query: "fines",
      filter: { payable: false, agencies: ["dubai-police"] },
    });
    expect(only.hits.totalCount).toBe(police.count);
    expect(only.agencies).toEqual(free.agencies);
    const home = await search({
      query: "",
      filter: { lifeEvents: ["moving-home"], channels: ["WEB"] },
    });
    expect(home.hits.totalCount).toBeGreaterThan(5);
    expect(home.lifeEvents[0].lifeEvent.name.en).not.toBe("");
    const nothing = await search({ query: "fines", filter: { agencies: ["nobody"] } });
    expect(nothing.hits.totalCount).toBe(0);
  });

  test("pages through all that it found, each once, in the order of one large page", async () => {
    const whole = await search({ query: "pay", first: 100 });
    const paged: string[] = [];
    let after: string | undefined;
    do {
      const { hits } = await search({ query: "pay", first: 7, ...(after ? { after } : {}) });
      paged.push(...idsOf(hits.nodes));
      after = hits.pageInfo.hasNextPage ? hits.pageInfo.endCursor : undefined;
    } while (after);
    expect(paged).toEqual(idsOf(whole.hits.nodes));
  });

  test.each(["", "   ", "!?%_'\"", "\u0640", "؟"])("gives all services for %j", async (query) => {
    const { hits } = await search({ query });
    expect(hits.totalCount).toBeGreaterThanOrEqual(116);
  });

  test.each([
    [{ query: "x".repeat(10_240) }, "`query` must have at most 100 characters, not 10240."],
    [
      { query: "bill", filter: { agencies: Array(51).fill("dewa") } },
      "`filter.agencies` must have at most 50 values, not 51.",
    ],
    [{ query: "bill", after: "x" }, "`after` is not a cursor of this list"],
    [{ query: "bill", first: 101 }, "`first` must be from 0 to 100, not 101."],
  ])("refuses what it cannot answer, and says why", async (variables, message) => {
    const { errors } = await services.ask(page, { variables });
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test("takes one statement for its index and one for a page of services", async () => {
    const query =
      '{ searchServices(query: "visa", first: 20) { hits { totalCount nodes { service { id } highlights { field } } } channels { count } } }';
    await services.ask(query);
    services.database.statements.length = 0;
    const { headers } = await services.send(query);
    expect(services.database.statements).toHaveLength(2);
    expect(headers.get("cache-control")).toBe("max-age=300, public");
  });

  test("suggests while somebody types", async () => {
    const { data } = await services.ask(
      '{ suggestServices(query: "renew dri", first: 3) { service { id } highlights { ranges { start } } } none: suggestServices(query: "…") { service { id } } lifeEvents { id } }',
    );
    expect(idsOf(data.suggestServices)[0]).toBe("rta-renew-driving-licence");
    expect(data.none).toEqual([]);
    expect(data.lifeEvents).toHaveLength(12);
  });

  test("finds a service by its new name at once, and a retired one no more", async () => {
    const { db } = services.database;
    const rename = (name: string) =>
      db.updateTable("service").set({ name_en: name }).where("id", "=", "iacad-qibla").execute();
    expect((await search({ query: "zyxwv" })).hits.totalCount).toBe(0);
    await rename("Zyxwv");
    expect(idsOf((await search({ query: "zyxwv" })).hits.nodes)).toEqual(["iacad-qibla"]);
    await db
      .updateTable("service")
      .set({ status: "RETIRED" })
      .where("id", "=", "iacad-qibla")
      .execute();
    expect((await search({ query: "zyxwv" })).hits.totalCount).toBe(0);
    await db
      .updateTable("service")
      .set({ status: "ACTIVE" })
      .where("id", "=", "iacad-qibla")
      .execute();
  });
});
