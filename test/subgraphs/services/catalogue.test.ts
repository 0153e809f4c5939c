import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

const idsOf = (nodes: readonly { id: string }[]) => nodes.map(({ id }) => id);

describe.each(databases)("the catalogue on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind);
  });
  afterAll(() => services[Symbol.asyncDispose]());

  /** The answer's data and the number of SQL statements that it took. */
  async function read(query: string, variables: Readonly<Record<string, unknown>> = {}) {
    services.database.statements.length = 0;
    const { data, errors } = await services.ask(query, { variables });
    expect(errors).toBeUndefined();
    return { data, statements: services.database.statements.length };
  }

  const refusal = async (query: string) => (await services.ask(query)).errors?.[0];

  test("has at least 116 services and 34 agencies in 12 categories", async () => {
    const { data } = await read(
      "{ services(first: 0) { totalCount } agencies(first: 0) { totalCount } categories { serviceCount name { en ar } } }",
    );
    expect(data.services.totalCount).toBeGreaterThanOrEqual(116);
    expect(data.agencies.totalCount).toBe(34);
    expect(data.categories[0].name).toEqual({ en: "Bills", ar: "فواتير" });
    const counts = data.categories.map((one: { serviceCount: number }) => one.serviceCount);
    expect(counts).toHaveLength(12);
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(
      data.services.totalCount,
    );
  });

  test("takes three statements for a page with agencies and categories, of any size", async () => {
    const query =
      "query ($first: Int!) { services(first: $first) { nodes { agency { name { en } kind } category { name { ar } } } } }";
    expect((await read(query, { first: 1 })).statements).toBe(3);
    expect((await read(query, { first: 20 })).statements).toBe(3);
    expect((await read(query, { first: 100 })).statements).toBe(3);
  });

  test("takes one statement more for each kind of detail, and one for the count", async () => {
    const { statements } = await read(
      "{ services(first: 50) { totalCount nodes { channels { kind } fees { kind } totalFee { amount } requiredDocuments { name { en } } } } }",
    );
    expect(statements).toBe(5);
  });

  test("tells the id of a service's agency without loading the agency", async () => {
    const { data, statements } = await read("{ services(first: 20) { nodes { agency { id } } } }");
    expect(statements).toBe(1);
    expect(data.services.nodes[0].agency.id).toBe("al-jalila-foundation");
    const representations = ["dewa-electricity-bill", "salik-recharge"].map((id) => ({
      __typename: "Service",
      id,
    }));
    const entities = await read(
      "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Service { agency { id } } } }",
      { representations },
    );
    expect(entities.statements).toBe(1);
    expect(entities.data._entities).toEqual([
      { agency: { id: "dewa" } },
      { agency: { id: "salik" } },
    ]);
  });

  test("shows a service whole", async () => {
    const { data } = await read(`{ service(id: "gdrfa-open-sponsorship-file") {
      name { en ar } audiences payable status evidence lastReviewedAt
      agency { id kind website phone evidence } category { id }
      channels { kind url hours { en } } fees { kind sample amount { amount } }
      totalFee { amount formatted { en } }
      processingTime { duration businessDays } requiredDocuments { name { en } }
    } }`);
    expect(data.service).toMatchObject({
      name: { en: "Open a sponsorship file", ar: "فتح ملف كفالة" },
      audiences: ["CITIZEN", "RESIDENT"],
      payable: true,
      status: "ACTIVE",
      evidence: "EVIDENCED",
      agency: { id: "gdrfa", kind: "GOVERNMENT", phone: "800 5111" },
      category: { id: "residency" },
      totalFee: { amount: 27_000, formatted: { en: "AED 270.00" } },
      processingTime: { duration: "P1D", businessDays: true },
    });
    expect(data.service.lastReviewedAt).toMatch(/^2020-04-\d\dT20:00:00\.000Z$/);
    expect(data.service.fees.map((fee: { kind: string }) => fee.kind)).toEqual([
      "FEE",
      "KNOWLEDGE_DIRHAM",
      "INNOVATION_DIRHAM",
    ]);
    expect(data.service.channels.map((channel: { kind: string }) => channel.kind)).toEqual([
      "APP",
      "WEB",
      "COUNTER",
    ]);
    expect(data.service.requiredDocuments).toHaveLength(4);
  });

  test("answers null for ids that are not there", async () => {
    const { data } = await read(
      '{ service(id: "nothing") { id } agency(id: "nobody") { name { en } } }',
    );
    expect(data).toEqual({ service: null, agency: null });
  });

  test("pages through all services, each once", async () => {
    const query =
      "query ($after: String) { services(first: 50, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
    const pages: any[] = [];
    do {
      const after = pages.at(-1)?.pageInfo.endCursor ?? null;
      pages.push((await read(query, { after })).data.services);
    } while (pages.at(-1).pageInfo.hasNextPage);
    const seen = pages.flatMap(({ nodes }) => idsOf(nodes));
    expect(seen).toHaveLength(pages[0].totalCount);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  test.each([
    ['{ category: "education" }', 4],
    ['{ agency: "rta" }', 12],
    ['{ agency: "rta", category: "transport", payable: false }', 1],
    ["{ audience: PEOPLE_OF_DETERMINATION }", 4],
    ['{ category: "no-such-category" }', 0],
    ['{ text: "EJARI" }', 2],
    ['{ text: "%" }', 0],
    ['{ text: " " }', 117],
    ["{ agency: null, text: null }", 117],
  ])("filters by %s", async (filter, total) => {
    const { data } = await read(
      `{ services(first: 100, filter: ${filter}) { totalCount nodes { id } } }`,
    );
    expect(data.services.totalCount).toBe(total);
    expect(data.services.nodes).toHaveLength(Math.min(total, 100));
  });

  test.each(["صيدليات", "صَيْدَلِيّات", "صيدلـيات", "PHARMACIES", "pharmac"])(
    "finds the open pharmacies by %s",
    async (text) => {
      const { data } = await read(
        "query ($text: String) { services(first: 100, filter: { text: $text }) { nodes { id } } }",
        { text },
      );
      expect(idsOf(data.services.nodes)).toContain("dha-open-pharmacies");
    },
  );

  test.each(["اقامه", "الإقامة", "إقامة"])("finds residency services by %s", async (text) => {
    const { data } = await read(
      'query ($text: String) { services(first: 100, filter: { text: $text, agency: "gdrfa" }) { nodes { id } } }',
      { text },
    );
    expect(idsOf(data.services.nodes)).toContain("gdrfa-renew-residency");
  });

  test("lists the services of many agencies with one statement, and their counts with another", async () => {
    const { data, statements } = await read(
      "{ agencies(first: 34) { nodes { id name { en } serviceCount services(first: 3) { totalCount nodes { id } pageInfo { hasNextPage } } } } }",
    );
    expect(statements).toBe(3);
    for (const { id, serviceCount, services: list } of data.agencies.nodes) {
      expect([id, list.totalCount]).toEqual([id, serviceCount]);
      expect([id, list.nodes.length]).toEqual([id, Math.min(3, serviceCount)]);
      expect([id, list.pageInfo.hasNextPage]).toEqual([id, serviceCount > 3]);
      expect(idsOf(list.nodes).every((service) => service.startsWith(`${id}-`))).toBe(true);
    }
  });

  test("pages through the services of one agency", async () => {
    const query =
      'query ($after: String) { agency(id: "dewa") { services(first: 4, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } } }';
    const first = (await read(query)).data.agency.services;
    const rest = (await read(query, { after: first.pageInfo.endCursor })).data.agency.services;
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect(new Set([...idsOf(first.nodes), ...idsOf(rest.nodes)]).size).toBe(7);
  });

  test.each([
    ["{ kind: CHARITY }", 5],
    ['{ text: "هيئة" }', 6],
    ['{ text: "دايره", kind: GOVERNMENT }', 5],
    ['{ text: "dewa" }', 1],
  ])("filters agencies by %s", async (filter, total) => {
    const { data } = await read(`{ agencies(first: 50, filter: ${filter}) { totalCount } }`);
    expect(data.agencies.totalCount).toBe(total);
  });

  test("resolves batches of entities in order, one statement a type", async () => {
    const representations = [
      { __typename: "Agency", id: "salik" },
      { __typename: "Service", id: "salik-recharge" },
      { __typename: "Agency", id: "nobody" },
      { __typename: "Category", id: "health" },
      { __typename: "Agency", id: "dewa" },
      { __typename: "Service", id: "nothing" },
    ];
    const { data, statements } = await read(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on Agency { id kind } ... on Service { id } ... on Category { id }
      } }`,
      { representations },
    );
    expect(data._entities).toEqual([
      { id: "salik", kind: "GOVERNMENT" },
      { id: "salik-recharge" },
      null,
      { id: "health" },
      { id: "dewa", kind: "GOVERNMENT" },
      null,
    ]);
    expect(statements).toBe(3);
  });

  test.each([
    ["services(first: -1) { totalCount }", "`first` must be from 0 to 100, not -1."],
    ["mostUsedServices(first: 101) { id }", "`first` must be from 0 to 100, not 101."],
    ['agencies(after: "x") { totalCount }', "`after` is not a cursor of this list"],
    [
      `services(filter: { text: "${"x".repeat(101)}" }) { totalCount }`,
      "`text` must have at most 100 characters, not 101.",
    ],
    [
      'agency(id: "dewa") { services(first: 1000) { totalCount } }',
      "`first` must be from 0 to 100, not 1000.",
    ],
  ])("refuses { %s }", async (field, message) => {
    const error = await refusal(`{ ${field} }`);
    expect(error?.message).toContain(message);
    expect(error?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test.each([
    ["{ services(first: 3) { nodes { id agency { id } category { id } payable } } }", 300],
    ['{ agency(id: "dewa") { name { en } kind serviceCount services { nodes { id } } } }', 300],
    [
      '{ service(id: "salik-recharge") { name { en } summary { ar } description { en } processingTime { duration } totalFee { amount } fees { name { en } amount { amount } } channels { hours { en } } requiredDocuments { name { ar } } agency { name { ar } } category { name { en } } } }',
      300,
    ],
    ["{ categories { id } mostUsedServices(first: 3) { id } }", 60],
  ])("lets %s be cached for %i s", async (query, seconds) => {
    const { headers } = await services.send(query);
    expect(headers.get("cache-control")).toBe(`max-age=${seconds}, public`);
  });
});
