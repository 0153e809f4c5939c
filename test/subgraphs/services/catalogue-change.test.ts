/** Agencies change their own part of the catalogue; everybody else is refused, and nothing is lost. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { palmService } from "../../support/catalogue-entries.ts";
import { databases } from "../../support/databases.ts";
import { clerkOf, createRequestClient, personCalled } from "../../support/request-story.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

const dewa = clerkOf("dewa", "clerk-one", ["catalogue:write"]);
const rta = clerkOf("rta", "clerk-rta", ["catalogue:write"]);
const municipality = clerkOf("dubai-municipality", "clerk-dm", ["catalogue:write"]);

const result = `__typename
  ... on Service { id version name { en } status }
  ... on CatalogueChangeRefused { code message { ar } current { version }
    problems { field code message { en ar } } }`;
const create = `mutation ($service: ServiceInput!) { result: createService(service: $service) { ${result} } }`;
const change = `mutation ($service: ServiceInput!, $expectedVersion: Int!) {
  result: changeService(service: $service, expectedVersion: $expectedVersion) { ${result} } }`;
const retire = `mutation ($id: ID!, $expectedVersion: Int!) {
  result: retireService(id: $id, expectedVersion: $expectedVersion) { ${result} } }`;

describe.each(databases)("the catalogue, changed on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  let now = Date.parse("2026-02-05T10:00:00+04:00");
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind, { clock: () => now });
  });
  afterAll(() => services[Symbol.asyncDispose]());
  const act = async (query: string, variables: object, principal: Principal = dewa) =>
    services.ask(query, { principal, variables: variables as Record<string, unknown> });
  const done = async (query: string, variables: object, principal?: Principal) => {
    const { data, errors } = await act(query, variables, principal);
    expect(errors).toBeUndefined();
    return data.result;
  };
  const look = async (query: string) => (await services.ask(query)).data;
  const palms = async (query = "palm") =>
    (
      await look(
        `{ searchServices(query: "${query}") { hits { nodes { service { id version } } } } }`,
      )
    ).searchServices.hits.nodes.map(({ service }: any) => service.id);

  test("has a new service at once, whole, and the search finds it", async () => {
    expect(await palms()).not.toContain(palmService.id);
    const created = await done(create, { service: palmService });
    expect(created).toMatchObject({ __typename: "Service", version: 1, status: "ACTIVE" });
    const { service } = await look(`{ service(id: "${palmService.id}") {
      agency { id } category { id } lifeEvents { id } audiences eligibility { en } rules { ar }
      requiredDocuments { name { en } } steps { number text { en } } channels { kind url }
      fees { pricing sample amount { amount } upTo { amount } } outputs { en }
      legalBasis { title { en } url } relatedServices { id } payable validFrom evidence } }`);
    expect(service).toMatchObject({
      agency: { id: "dewa" },
      lifeEvents: [{ id: "moving-home" }],
      steps: [{ number: 1, text: { en: "Adopt a palm" } }],
      fees: [
        { pricing: "RANGE", sample: false, amount: { amount: 1_000 }, upTo: { amount: 4_000 } },
      ],
      legalBasis: [{ title: { en: "Palm decree" }, url: "https://law.example/1" }],
      relatedServices: [{ id: "dewa-move-in" }],
      evidence: "SAMPLE",
    });
    expect((await palms())[0]).toBe(palmService.id);
  });

  test("is not changed by the same creation again, and refuses another under the same id", async () => {
    const sent = await services.send(create, {
      principal: dewa,
      variables: { service: palmService },
    });
    expect(sent.body.data.result).toMatchObject({ version: 1 });
    expect((sent.body as any).extensions?.invalidation).toBeUndefined();
    const other = { ...palmService, keywords: ["date"] };
    expect(await done(create, { service: other })).toMatchObject({
      code: "ALREADY_THERE",
      current: { version: 1 },
    });
  });

  test("shows a change at once, tells caches, and keeps what was said before", async () => {
    const before = new Date(now).toISOString();
    now += 60_000;
    const service = { ...palmService, name: { en: "Adopt a cactus", ar: "تبنَّ صبارة" }, fees: [] };
    const variables = { service, expectedVersion: 1 };
    const { body } = await services.send(change, { principal: dewa, variables });
    expect(body.data.result).toMatchObject({ version: 2, name: { en: "Adopt a cactus" } });
    expect((body as any).extensions.invalidation).toEqual([
      { kind: "subgraph", subgraph: "services" },
    ]);
    expect((await palms("cactus"))[0]).toBe(palmService.id);
    const { then, today } = await look(`{
      then: service(id: "${palmService.id}", at: "${before}") { version name { en } totalFee { amount } fees { upTo { amount } } }
      today: service(id: "${palmService.id}") { fees { pricing } versions { version until } } }`);
    expect(then).toEqual({
      version: 1,
      name: { en: "Adopt a palm" },
      totalFee: { amount: 1_000 },
      fees: [{ upTo: { amount: 4_000 } }],
    });
    expect(today).toEqual({
      fees: [],
      versions: [
        { version: 2, until: null },
        { version: 1, until: new Date(now).toISOString() },
      ],
    });
  });

  test("is changed by one of two clerks who saw the same version, and tells the other", async () => {
    const asSeenBy = (keyword: string) => ({
      service: { ...palmService, keywords: [keyword] },
      expectedVersion: 2,
    });
    const two = clerkOf("dewa", "clerk-two", ["catalogue:write"]);
    const results = await Promise.all([
      done(change, asSeenBy("one")),
      done(change, asSeenBy("two"), two),
    ]);
    const lost = results.find((one) => one.__typename === "CatalogueChangeRefused");
    expect(results.filter((one) => one.version === 3)).toHaveLength(1);
    expect(lost).toMatchObject({ code: "CHANGED_MEANWHILE", current: { version: 3 } });
    expect(lost.message.ar).not.toBe("");
  });

  test("keeps a retired service for its requests, and shows it to no search", async () => {
    expect(await done(retire, { id: palmService.id, expectedVersion: 3 })).toMatchObject({
      status: "RETIRED",
      version: 4,
    });
    expect(await done(retire, { id: palmService.id, expectedVersion: 3 })).toMatchObject({
      version: 4,
    });
    expect(await palms()).not.toContain(palmService.id);
  });

  test("is each agency's own: others, people and agencies without the scope are refused", async () => {
    const changed = { service: { ...palmService, id: "dewa-move-in" }, expectedVersion: 1 };
    expect(await done(change, changed, rta)).toMatchObject({ code: "NO_SUCH_SERVICE" });
    expect(await done(retire, { id: "dewa-move-in", expectedVersion: 1 }, rta)).toMatchObject({
      code: "NO_SUCH_SERVICE",
    });
    expect(await done(create, { service: palmService }, rta)).toMatchObject({
      code: "ENTRY_WRONG",
      problems: [{ field: "/id", code: "NOT_YOURS" }],
    });
    for (const [principal, code] of [
      [personCalled("amal"), "FORBIDDEN"],
      [clerkOf("dewa"), "FORBIDDEN"],
      [undefined, "UNAUTHENTICATED"],
    ] as const) {
      const { errors } = await services.ask(create, {
        ...(principal ? { principal } : {}),
        variables: { service: palmService },
      });
      expect(errors?.[0]?.extensions.code).toBe(code);
    }
  });

  test("of several categories is found, filtered, counted and sorted by each", async () => {
    const id = "dewa-adopt-a-fig";
    const fig = { ...palmService, id, furtherCategories: ["health", "bills"] };
    const countOf = async (category: string) => {
      const { data } = await services.ask("{ categories { id serviceCount } }");
      return data.categories.find((one: { id: string }) => one.id === category).serviceCount;
    };
    const before = await Promise.all(["general", "health", "bills", "transport"].map(countOf));
    await done(create, { service: fig });
    const after = await Promise.all(["general", "health", "bills", "transport"].map(countOf));
    expect(after).toEqual(before.map((count, index) => count + (index < 3 ? 1 : 0)));
    const { data } = await services.ask(
      `{ service(id: "${id}") { category { id } categories { id } } }`,
    );
    expect(data.service).toEqual({
      category: { id: "general" },
      categories: [{ id: "general" }, { id: "health" }, { id: "bills" }],
    });
    for (const category of ["general", "health", "bills"]) {
      const found = await services.ask(
        `{ services(first: 100, filter: { category: "${category}" }) { nodes { id } }
           searchServices(query: "palm", filter: { categories: ["${category}"] }) { hits { nodes { service { id } } } categories { category { id } } } }`,
      );
      expect(found.errors).toBeUndefined();
      const ids = found.data.services.nodes.map((one: { id: string }) => one.id);
      expect(ids).toContain(id);
      const hits = found.data.searchServices.hits.nodes.map((one: any) => one.service.id);
      expect(hits).toContain(id);
      const sorted = found.data.searchServices.categories.map((one: any) => one.category.id);
      expect(sorted).toEqual(expect.arrayContaining(["general", "health", "bills"]));
    }
  });

  test("tells everything that is wrong with an entry at once, by its part, in both languages", async () => {
    const wrong = {
      ...palmService,
      id: "dewa-wrong",
      category: "gardens",
      furtherCategories: ["bills", "gardens", "bills", "no-such"],
      lifeEvents: ["moving-home", "moving-home"],
      channels: [{ kind: "WEB" }, { kind: "PHONE" }],
      fees: [{ ...palmService.fees[0], pricing: "FIXED", amount: 9_000 }],
      payable: false,
      validUntil: "2025-01-01",
      relatedServices: ["dewa-nothing"],
    };
    const { problems } = await done(create, { service: wrong });
    expect(problems.map(({ field, code }: any) => `${field} ${code}`)).toEqual([
      "/category UNKNOWN_ID",
      "/furtherCategories/1 UNKNOWN_ID",
      "/furtherCategories/2 REPEATED",
      "/furtherCategories/3 UNKNOWN_ID",
      "/furtherCategories/1 REPEATED",
      "/lifeEvents/1 REPEATED",
      "/relatedServices/0 UNKNOWN_ID",
      "/channels/0/url URL_MISSING",
      "/channels/1/phone PHONE_MISSING",
      "/fees/0 PRICE_WRONG",
      "/fees DIRHAMS_WRONG",
      "/payable NOT_PAYABLE",
      "/validUntil ENDS_BEFORE",
    ]);
    for (const { message } of problems) expect(message.ar).toMatch(/\p{Script=Arabic}/u);
    const shapeless = { ...palmService, id: "Dewa!", keywords: [" ", "x".repeat(201), "\u0007"] };
    const { problems: ofShape } = await done(create, { service: shapeless });
    expect(ofShape.map(({ field, code }: any) => `${field} ${code}`)).toEqual([
      "/id WRONG_FORM",
      "/keywords/0 REQUIRED",
      "/keywords/1 TOO_LONG",
      "/keywords/2 BAD_CHARACTER",
    ]);
  });

  test("is seen by requests as it was when they were sent", async () => {
    const client = createRequestClient((query, options) => services.ask(query, options));
    const amal = personCalled(`changed-${kind}`);
    const id = "dubai-municipality-bulky-waste";
    const draft = await client.start(amal, id, { makani: "30032 95320", items: ["FURNITURE"] }, []);
    const sent = await client.submit(amal, draft, "key of the change");
    expect(sent.status).toBe("SUBMITTED");
    now += 60_000;
    const service = { ...palmService, id, relatedServices: [] };
    const changed = await done(change, { service, expectedVersion: 1 }, municipality);
    expect(changed).toMatchObject({ version: 2 });
    const { data } = await services.ask(
      `{ serviceRequest(id: "${draft.id}") { terms { serviceVersion name { en } }
        service { version name { en } } serviceAsSubmitted { version name { en } channels { kind } } } }`,
      { principal: amal },
    );
    const { terms, serviceAsSubmitted, service: today } = data.serviceRequest;
    expect(today).toEqual({ version: 2, name: { en: "Adopt a palm" } });
    expect(terms).toEqual({ serviceVersion: 1, name: serviceAsSubmitted.name });
    expect(serviceAsSubmitted.version).toBe(1);
    expect(serviceAsSubmitted.channels.length).toBeGreaterThan(1);
  });

  test("says how an agency is reached as the agency says it, and refuses what is no address", async () => {
    const say = `mutation ($contact: AgencyContactInput!) { changeAgencyContact(contact: $contact) {
      id website phone email logo hours { en } } }`;
    const contact = {
      website: "https://www.dewa.gov.ae",
      phone: "991",
      email: "care@dewa.example",
      logo: "https://www.dewa.gov.ae/logo.svg",
      hours: { en: "Always", ar: "دائماً" },
    };
    const { data } = await act(say, { contact });
    expect(data.changeAgencyContact).toEqual({ ...contact, id: "dewa", hours: { en: "Always" } });
    expect((await look(`{ agency(id: "dewa") { email } }`)).agency.email).toBe(contact.email);
    for (const wrong of [{ logo: "javascript:alert(1)" }, { email: "nobody" }, { phone: " " }]) {
      const { errors } = await act(say, { contact: { ...contact, ...wrong } });
      expect(errors?.[0]?.extensions).toMatchObject({
        code: "BAD_USER_INPUT",
        field: `/${Object.keys(wrong)[0]}`,
      });
    }
    const { errors } = await act(say, { contact }, clerkOf("dewa"));
    expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  });

  test("has its fee by rule due when a request is approved, though its least is nothing", async () => {
    const client = createRequestClient((query, options) => services.ask(query, options));
    const id = "dubai-municipality-bulky-waste";
    const fee = { ...palmService.fees[0], pricing: "RULE", amount: 0, upTo: null };
    const rule = { en: "AED 10 a sofa.", ar: "10 دراهم عن كل أريكة." };
    const service = { ...palmService, id, relatedServices: [], fees: [{ ...fee, rule }] };
    expect(await done(change, { service, expectedVersion: 2 }, municipality)).toMatchObject({
      version: 3,
    });
    const amal = personCalled(`by-rule-${kind}`);
    const clerk = clerkOf("dubai-municipality");
    const draft = await client.start(amal, id, { makani: "30032 95320", items: ["FURNITURE"] }, []);
    const sent = await client.submit(amal, draft, "key by rule");
    const assigned = await client.assign(clerk, sent);
    const approved = await client.approve(clerk, await client.review(clerk, assigned));
    expect(approved).toMatchObject({ status: "FEE_DUE", fee: { toCharge: { amount: 0 } } });
  });

  test("takes no requests for a service before its first day or after its last", async () => {
    const client = createRequestClient((query, options) => services.ask(query, options));
    const id = "dubai-municipality-bulky-waste";
    for (const [days, version] of [
      [{ validFrom: "2026-02-06", validUntil: null }, 3],
      [{ validFrom: null, validUntil: "2026-02-04" }, 4],
    ] as const) {
      const service = { ...palmService, id, relatedServices: [], ...days };
      await done(change, { service, expectedVersion: version }, municipality);
      expect(await client.start(personCalled("late"), id, {}, [])).toMatchObject({
        code: "NO_REQUESTS",
      });
    }
  });
});
