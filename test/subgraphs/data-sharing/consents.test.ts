import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { encodeCursor } from "../../../subgraphs/kit/pagination.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const person = (id: string): Principal => ({ kind: "person", id, scopes: [], policies: [] });
const amal = person("person-amal");
const omar = person("person-omar");
const noura: Principal = { ...person("operator-noura"), kind: "operator", scopes: ["operations"] };
const dewa: Principal = { ...person("agency-dewa"), kind: "agency", agencyId: "dewa" };

const start = Date.parse("2020-05-01T00:00:00Z");

describe.each(databases)("what people see and rule of their data on $kind", ({ kind }) => {
  let started: StartedSubgraph;
  let nowMs = start;
  beforeAll(async () => {
    started = await startSubgraph(subgraph, kind, { clock: () => nowMs });
  });
  beforeEach(() => {
    nowMs = start;
  });
  afterAll(() => started[Symbol.asyncDispose]());
  const statements = () => started.database.statements;

  const consentsOf = async (principal: Principal, selection = "id status") =>
    (
      await started.ask(`{ me { consents(first: 100) { totalCount nodes { ${selection} } } } }`, {
        principal,
      })
    ).data.me.consents;

  test("consents come newest first, with dataset, agency, purpose and fields, by three statements", async () => {
    statements().length = 0;
    const { totalCount, nodes } = await consentsOf(
      amal,
      "id status since until withdrawnAt dataset { id title { ar } } grantedTo { id } purpose { code text { en ar } } fields { name label { en ar } }",
    );
    expect(statements()).toHaveLength(3);
    expect(totalCount).toBe(5);
    expect(nodes.map((node: any) => [node.dataset.id, node.grantedTo.id, node.status])).toEqual([
      ["dha-patient-summaries", "dubai-ambulance", "ACTIVE"],
      ["smart-dubai-resident-profiles", "tadweer-express", "ACTIVE"],
      ["dewa-customer-consumption", "dubai-municipality", "WITHDRAWN"],
      ["dubai-land-department-tenancy-contracts", "dewa", "ACTIVE"],
      ["rta-driving-licences", "dubai-police", "EXPIRED"],
    ]);
    expect(nodes[2]).toMatchObject({
      since: "2020-01-12T16:41:00.000Z",
      until: "2030-01-11T19:59:59.000Z",
      withdrawnAt: "2020-03-15T17:02:00.000Z",
      purpose: {
        code: "RESEARCH",
        text: { en: "For research and planning; results name nobody." },
      },
      fields: [
        { name: "premises", label: { en: "Premises", ar: "العقار" } },
        { name: "readings", label: { en: "Meter readings", ar: "قراءات العداد" } },
      ],
    });
  });

  test("a consent expires by the clock", async () => {
    nowMs = Date.parse("2020-11-16T19:59:58.999Z");
    const statusOf = async () =>
      (await consentsOf(amal, "dataset { id } status")).nodes.find(
        ({ dataset }: any) => dataset.id === "dubai-land-department-tenancy-contracts",
      ).status;
    expect(await statusOf()).toBe("ACTIVE");
    nowMs += 1;
    expect(await statusOf()).toBe("EXPIRED");
  });

  test("accesses come newest first, each with its ground and its consent, by four statements", async () => {
    statements().length = 0;
    const { data } = await started.ask(
      "{ me { dataAccesses { totalCount nodes { id at legalBasis agency { id } dataset { id } purpose { code text { en } } fields { name } consent { id grantedTo { id } } } } } }",
      { principal: amal },
    );
    expect(statements()).toHaveLength(4);
    const { totalCount, nodes } = data.me.dataAccesses;
    expect(totalCount).toBe(7);
    expect(nodes.map(({ at }: any) => at)).toEqual(
      nodes
        .map(({ at }: any) => at)
        .toSorted()
        .toReversed(),
    );
    expect(nodes[0]).toMatchObject({
      legalBasis: "CONSENT",
      agency: { id: "dubai-ambulance" },
      dataset: { id: "dha-patient-summaries" },
      purpose: { code: "EMERGENCY_CARE", text: { en: "To treat you after an emergency call." } },
      consent: { grantedTo: { id: "dubai-ambulance" } },
    });
    expect(nodes[1]).toMatchObject({ legalBasis: "LEGAL_OBLIGATION", consent: null });
  });

  test("both lists can be paged through", async () => {
    for (const field of ["consents", "dataAccesses"]) {
      const query = `query ($after: String) { me { list: ${field}(first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }`;
      const seen: string[] = [];
      let after: string | null = null;
      let total = 0;
      do {
        const variables: { after: string | null } = { after };
        const { list } = (await started.ask(query, { principal: amal, variables })).data.me;
        seen.push(...list.nodes.map(({ id }: { id: string }) => id));
        total = list.totalCount;
        after = list.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
      } while (after !== null);
      expect(new Set(seen).size).toBe(total);
      expect(seen).toHaveLength(total);
    }
  });

  test.each([
    [1e300, "con_1"],
    [0, "a b"],
    [8.64e15, "con_1"],
  ])("a forged cursor (%d, %s) is told so", async (at, id) => {
    const query = `{ me { consents(after: "${encodeCursor([at, id])}") { totalCount } } }`;
    const { errors } = await started.ask(query, { principal: amal });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test.each([
    ["another person", omar, "FORBIDDEN"],
    ["an operator", noura, "FORBIDDEN"],
    ["an agency", dewa, "FORBIDDEN"],
    ["nobody", undefined, "UNAUTHENTICATED"],
  ])("are not given to %s through an entity, and cost no statement", async (_, principal, code) => {
    statements().length = 0;
    const { data, errors } = await started.ask(
      "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Person { consents { totalCount } dataAccesses { totalCount } } } }",
      {
        ...(principal ? { principal } : {}),
        variables: { representations: [{ __typename: "Person", id: "person-amal" }] },
      },
    );
    expect(data._entities).toEqual([{ consents: null, dataAccesses: null }]);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code, code]);
    expect(statements()).toEqual([]);
  });

  test("are nobody's when nobody is signed in, or no person is, and never kept by a shared cache", async () => {
    const query = "{ me { consents { nodes { dataset { title { en } } } } } }";
    expect((await started.ask(query)).data.me).toBeNull();
    expect((await started.ask(query, { principal: noura })).data.me).toBeNull();
    const { headers } = await started.send(query, { principal: amal });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  const result =
    "__typename ... on ConsentChanged { message { ar } consent { id status withdrawnAt fields { name } purpose { text { en } } } } ... on ConsentRefusal { code message { en ar } } ... on ConsentAlreadyGranted { consent { id status } } ... on ConsentAlreadyWithdrawn { consent { id status withdrawnAt } } ... on ConsentExpired { consent { id status } }";
  const input = {
    datasetId: "smart-dubai-resident-profiles",
    grantedTo: "dewa",
    purpose: "NOTIFICATION",
    fields: ["email", "name"],
    until: "2021-05-01T00:00:00+04:00",
  };
  const grant = async (change: object = {}, principal: Principal | undefined = omar) => {
    const { data, errors } = await started.ask(
      `mutation ($input: GrantConsentInput!) { grantConsent(input: $input) { ${result} } }`,
      { ...(principal ? { principal } : {}), variables: { input: { ...input, ...change } } },
    );
    return { granted: data?.grantConsent, errors };
  };
  const withdraw = async (id: string, principal: Principal | undefined = omar) => {
    const { data, errors } = await started.ask(
      `mutation ($id: ID!) { withdrawConsent(id: $id) { ${result} } }`,
      { ...(principal ? { principal } : {}), variables: { id } },
    );
    return { withdrawn: data?.withdrawConsent, errors };
  };

  test("a change of consents tells every gateway, so that no read under way is joined any more", async () => {
    const { id } = (await grant({ purpose: "RESEARCH" })).granted.consent;
    const { body } = await started.send(
      `mutation { withdrawConsent(id: "${id}") { __typename } }`,
      { principal: omar },
    );
    expect((body as any).extensions.invalidation).toEqual([
      { kind: "type", subgraph: "data-sharing", type: "Consent" },
    ]);
  });

  test("a consent is granted once, withdrawn once, and can be granted anew", async () => {
    const before = (await consentsOf(omar)).totalCount;
    const first = (await grant()).granted;
    expect(first).toMatchObject({
      __typename: "ConsentChanged",
      message: { ar: "تم تسجيل موافقتكم، ويمكنكم سحبها في أي وقت." },
      consent: {
        status: "ACTIVE",
        withdrawnAt: null,
        fields: [{ name: "name" }, { name: "email" }],
        purpose: { text: { en: "To tell you of deadlines and events that concern you." } },
      },
    });
    const { id } = first.consent;
    expect(id).toMatch(/^con_[0-9a-f-]{36}$/);

    nowMs += 1_000;
    expect((await grant({ fields: ["phone"] })).granted).toMatchObject({
      __typename: "ConsentAlreadyGranted",
      code: "ALREADY_GRANTED",
      consent: { id, status: "ACTIVE" },
    });

    nowMs += 1_000;
    const withdrawnAt = new Date(nowMs).toISOString();
    expect((await withdraw(id)).withdrawn).toMatchObject({
      __typename: "ConsentChanged",
      consent: { id, status: "WITHDRAWN", withdrawnAt },
    });
    nowMs += 1_000;
    expect((await withdraw(id)).withdrawn).toMatchObject({
      __typename: "ConsentAlreadyWithdrawn",
      code: "ALREADY_WITHDRAWN",
      consent: { id, status: "WITHDRAWN", withdrawnAt },
    });
    expect((await consentsOf(omar)).totalCount).toBe(before + 1);

    nowMs += 1_000;
    const second = (await grant()).granted;
    expect(second.__typename).toBe("ConsentChanged");
    expect(second.consent.id).not.toBe(id);
    const { nodes, totalCount } = await consentsOf(omar);
    expect(totalCount).toBe(before + 2);
    expect(nodes[0]).toEqual({ id: second.consent.id, status: "ACTIVE" });
    await withdraw(second.consent.id);
  });

  test("an expired consent does not stand in the way of a new one, and cannot be withdrawn", async () => {
    const { id } = (await grant({ grantedTo: "rta" })).granted.consent;
    nowMs = Date.parse("2021-05-01T00:00:00+04:00");
    expect((await withdraw(id)).withdrawn).toMatchObject({
      __typename: "ConsentExpired",
      code: "EXPIRED",
      consent: { id, status: "EXPIRED" },
    });
    const again = await grant({ grantedTo: "rta", until: "2021-06-01T00:00:00+04:00" });
    expect(again.granted.__typename).toBe("ConsentChanged");
  });

  test("many requests at once grant one consent, and withdraw it once", async () => {
    const kinds = (answers: readonly { __typename: string }[]) =>
      answers.map(({ __typename }) => __typename).toSorted();
    const grants = await Promise.all(
      Array.from({ length: 8 }, async () => (await grant({ grantedTo: "khda" })).granted),
    );
    expect(kinds(grants)).toEqual([
      ...Array.from({ length: 7 }, () => "ConsentAlreadyGranted"),
      "ConsentChanged",
    ]);
    expect(new Set(grants.map(({ consent }) => consent.id)).size).toBe(1);
    const { id } = grants[0].consent;
    const withdrawals = await Promise.all(
      Array.from({ length: 8 }, async () => (await withdraw(id)).withdrawn),
    );
    expect(kinds(withdrawals)).toEqual([
      ...Array.from({ length: 7 }, () => "ConsentAlreadyWithdrawn"),
      "ConsentChanged",
    ]);
    expect(new Set(withdrawals.map(({ consent }) => consent.withdrawnAt)).size).toBe(1);
  });

  test("nobody withdraws what is somebody else's, and is not told that it is there", async () => {
    const [own] = (await consentsOf(amal)).nodes;
    const answers = [
      (await withdraw(own.id, omar)).withdrawn,
      (await withdraw("con_none")).withdrawn,
    ];
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ __typename: "ConsentNotFound", code: "NOT_FOUND" });
    expect((await consentsOf(amal)).nodes[0]).toEqual(own);
  });

  test.each([
    [noura, "FORBIDDEN"],
    [dewa, "FORBIDDEN"],
  ])("%j can neither grant nor withdraw", async (principal, code) => {
    for (const { errors } of [await grant({}, principal), await withdraw("con_1", principal)]) {
      expect(errors?.[0]?.extensions.code).toBe(code);
    }
  });

  test("who is not signed in can neither grant nor withdraw", async () => {
    const anonymous = await started.ask('mutation { withdrawConsent(id: "con_1") { __typename } }');
    expect(anonymous.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    const granting = await started.ask(
      "mutation ($input: GrantConsentInput!) { grantConsent(input: $input) { __typename } }",
      { variables: { input } },
    );
    expect(granting.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  test.each([
    [{ datasetId: "none" }, "no dataset with this `datasetId`"],
    [{ datasetId: "iacad-mosques" }, "holds no personal data"],
    [{ grantedTo: "nobody" }, "takes no part in data sharing"],
    [{ fields: [] }, "must name at least one"],
    [{ fields: ["salary"] }, "Choose from: name, phone, email, homeAddress."],
    [{ until: "2020-04-30T00:00:00Z" }, "must lie after now"],
    [{ until: "2030-05-01T00:00:01Z" }, "within 10 years"],
    [{ purpose: "LAW_ENFORCEMENT" }, "rests on law"],
  ])("granting %j is refused, with what would do", async (change, message) => {
    const before = (await consentsOf(omar)).totalCount;
    const { errors } = await grant(change);
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
    expect((await consentsOf(omar)).totalCount).toBe(before);
  });

  test.each(["consent", "consent_withdrawal", "data_access"])(
    "the database refuses to change or delete a row of %s",
    async (table) => {
      const { db } = started.database;
      const column = table === "consent_withdrawal" ? "consent_id" : "id";
      for (const statement of [
        sql`delete from ${sql.table(table)}`,
        sql`truncate ${sql.table(table)} cascade`,
        sql`update ${sql.table(table)} set ${sql.ref(column)} = 'x'`,
      ]) {
        await expect(statement.execute(db)).rejects.toThrow("append-only");
      }
    },
  );

  test("the database lets an access rest on nobody else's consent, and on one exactly when it says so", async () => {
    const { db } = started.database;
    const [own] = (await consentsOf(amal)).nodes;
    const insert = (person: string, basis: string, consent: string | null) =>
      sql`insert into data_access values (${`acc_${person}_${basis}`}, ${person}, 'khda-pupils', 'khda',
        'RESEARCH', 'x', 'x', '[{}]', '2020-01-01', ${basis}, ${consent})`.execute(db);
    await expect(insert("person-omar", "CONSENT", own.id)).rejects.toThrow("foreign key");
    await expect(insert("person-amal", "CONSENT", null)).rejects.toThrow("check constraint");
    await expect(insert("person-amal", "CONTRACT", own.id)).rejects.toThrow("check constraint");
  });
});
