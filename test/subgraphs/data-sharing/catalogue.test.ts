import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findDatasetProblems } from "../../../subgraphs/data-sharing/dataset.rules.ts";
import {
  accessLevels,
  personalDataKinds,
  sensitivities,
} from "../../../subgraphs/data-sharing/tables.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { encodeCursor } from "../../../subgraphs/kit/pagination.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

describe.each(databases)("the catalogue of datasets on $kind", ({ kind }) => {
  let started: StartedSubgraph;
  beforeAll(async () => {
    started = await startSubgraph(subgraph, kind);
  });
  afterAll(() => started[Symbol.asyncDispose]());

  const measured = async (query: string, variables: Record<string, unknown> = {}) => {
    started.database.statements.length = 0;
    const { data, errors } = await started.ask(query, { variables });
    expect(errors).toBeUndefined();
    return { data, statements: started.database.statements.length };
  };

  const list =
    "query ($after: String, $filter: DatasetFilter) { datasets(first: 30, after: $after, filter: $filter) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
  const idsFor = async (filter: object) => {
    const { data } = await measured(list, { filter });
    return data.datasets.nodes.map(({ id }: { id: string }) => id);
  };

  test("can be paged through to its end, by id", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const answer: { data: any } = await measured(list, { after });
      const { datasets } = answer.data;
      seen.push(...datasets.nodes.map(({ id }: { id: string }) => id));
      after = datasets.pageInfo.hasNextPage ? datasets.pageInfo.endCursor : null;
      expect(datasets.totalCount).toBe(71);
    } while (after !== null);
    expect(seen).toHaveLength(71);
    expect(seen).toEqual([...new Set(seen)].toSorted());
  });

  test("is filtered by publisher, theme and access level, all of which must hold", async () => {
    expect(await idsFor({ publisher: "salik" })).toEqual(["salik-gate-passages", "salik-trips"]);
    expect(await idsFor({ publisher: "salik", accessLevel: "OPEN" })).toEqual([
      "salik-gate-passages",
    ]);
    expect(await idsFor({ theme: "ENER", accessLevel: "SHARED" })).toEqual([
      "dewa-grid-load",
      "empower-cooling-load",
    ]);
    expect(await idsFor({ theme: "SPACE" })).toEqual([]);
  });

  test.each([
    ["air quality", ["dubai-municipality-air-quality"]],
    ["QUALITY  pollution", ["dubai-municipality-air-quality"]],
    ["جوده الهواء", ["dubai-municipality-air-quality"]],
    ["الإيجـارات", ["dubai-land-department-rental-index"]],
    ["%", []],
    ["traffic dentist", []],
  ])("finds %s", async (text, found) => {
    expect(await idsFor({ text })).toEqual(found);
  });

  test("describes a dataset and all around it by one statement for each kind of thing", async () => {
    const about =
      "id title { en ar } accessLevel sensitivity personalData personalFields { name label { en ar } } updateFrequency issuedAt modifiedAt temporalCoverage { from to } keywords { en ar } sample publisher { id } themes { id name { en } uri } licence { id name { ar } url } distributions { id format mediaType accessUrl byteSize } contactPoint { name { en ar } email }";
    const { data, statements } = await measured(`{ datasets(first: 100) { nodes { ${about} } } }`);
    expect(statements).toBe(5);
    const byId = new Map<string, any>(data.datasets.nodes.map((node: any) => [node.id, node]));
    expect(byId.get("rta-traffic-counts")).toMatchObject({
      title: { en: "Traffic counts on main roads", ar: "أعداد المركبات على الطرق الرئيسية" },
      accessLevel: "OPEN",
      sensitivity: "OPEN",
      personalData: "NONE",
      personalFields: [],
      updateFrequency: "HOURLY",
      issuedAt: "2018-03-11T08:00:00.000Z",
      temporalCoverage: { from: "2017-01-01", to: null },
      publisher: { id: "rta" },
      themes: [
        {
          id: "TRAN",
          name: { en: "Transport" },
          uri: "http://publications.europa.eu/resource/authority/data-theme/TRAN",
        },
      ],
      licence: { id: "cc-by-4.0", url: "https://creativecommons.org/licenses/by/4.0/" },
      distributions: [
        {
          id: "rta-traffic-counts-csv",
          format: "CSV",
          mediaType: "text/csv",
          accessUrl: "https://example.org/data/rta-traffic-counts.csv",
          byteSize: 48_210_344,
        },
        { format: "JSON", byteSize: null },
      ],
      contactPoint: { email: "data.rta@example.org" },
      sample: true,
    });
    const licences = byId.get("rta-driving-licences");
    expect(licences).toMatchObject({ accessLevel: "RESTRICTED", licence: null });
    expect(licences.personalFields[0]).toEqual({
      name: "name",
      label: { en: "Full name", ar: "الاسم الكامل" },
    });
    expect(licences.distributions[0].accessUrl).toBe(
      "https://example.org/request/rta-driving-licences",
    );
    expect([...byId.values()].every(({ sample }) => sample)).toBe(true);
  });

  test("has one dataset by id, or null, and all themes", async () => {
    const { data, statements } = await measured(
      '{ one: dataset(id: "khda-pupils") { id } none: dataset(id: "none") { id } themes { id name { en ar } } }',
    );
    expect(data).toMatchObject({ one: { id: "khda-pupils" }, none: null });
    expect(data.themes).toHaveLength(13);
    expect(statements).toBe(2);
  });

  const agencies = ["dewa", "rta", "nobody", "dha"].map((id) => ({ __typename: "Agency", id }));
  const services = ["dewa", "dubai-courts"].map((id) => ({
    __typename: "Service",
    id: `${id}-service`,
    agency: { __typename: "Agency", id },
  }));
  const edges = (page: string) =>
    `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Agency { datasets${page} } ... on Service { datasets${page} } } }`;

  test("lists the datasets of any number of agencies and services by one statement, and counts by one more", async () => {
    const representations = [...agencies, ...services];
    const page = "(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } }";
    const { data, statements } = await measured(edges(page), { representations });
    const idsOf = (entity: any) => entity.datasets.nodes.map(({ id }: { id: string }) => id);
    expect(data._entities.map(idsOf)).toEqual([
      ["dewa-customer-consumption", "dewa-electricity-by-community"],
      ["rta-driving-licences", "rta-nol-journeys"],
      [],
      ["dha-births-and-deaths", "dha-hospital-capacity"],
      ["dewa-customer-consumption", "dewa-electricity-by-community"],
      ["dubai-courts-case-files", "dubai-courts-cases"],
    ]);
    expect(data._entities[0].datasets.pageInfo.hasNextPage).toBe(true);
    expect(data._entities[5].datasets.pageInfo.hasNextPage).toBe(false);
    expect(statements).toBe(1);

    const { endCursor } = data._entities[0].datasets.pageInfo;
    const next = await measured(edges(`(first: 2, after: "${endCursor}") { nodes { id } }`), {
      representations: [agencies[0]],
    });
    expect(idsOf(next.data._entities[0])).toEqual(["dewa-ev-charging-stations", "dewa-grid-load"]);

    const counted = await measured(edges("(first: 1) { totalCount nodes { id } }"), {
      representations,
    });
    expect(counted.data._entities.map((one: any) => one.datasets.totalCount)).toEqual([
      6, 9, 0, 6, 6, 2,
    ]);
    expect(counted.statements).toBe(2);
  });

  test("resolves datasets as entities by one statement, unknown ones as null", async () => {
    const { data, statements } = await measured(
      "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Dataset { id accessLevel } } }",
      {
        representations: ["iacad-mosques", "none", "dewa-grid-load"].map((id) => ({
          __typename: "Dataset",
          id,
        })),
      },
    );
    expect(data._entities).toEqual([
      { id: "iacad-mosques", accessLevel: "OPEN" },
      null,
      { id: "dewa-grid-load", accessLevel: "SHARED" },
    ]);
    expect(statements).toBe(1);
  });

  test("may be kept for five minutes, the toolkit for an hour", async () => {
    const lifetime = async (query: string) =>
      (await started.send(query)).headers.get("cache-control");
    const about =
      "id title { en } keywords { ar } publisher { id } licence { name { en } } themes { name { en } } distributions { format } contactPoint { name { en } } temporalCoverage { from }";
    expect(await lifetime(`{ datasets { totalCount nodes { ${about} } } themes { id } }`)).toBe(
      "max-age=300, public",
    );
    expect(await lifetime('{ dataset(id: "iacad-mosques") { id } }')).toBe("max-age=300, public");
    expect(await lifetime("{ toolkitAudiences { title { en } firstSteps { text { ar } } } }")).toBe(
      "max-age=3600, public",
    );
  });

  test.each([
    ["{ datasets(first: 101) { totalCount } }", "from 0 to 100"],
    ["{ datasets(first: -1) { totalCount } }", "from 0 to 100"],
    [`{ datasets(filter: { text: "${"x".repeat(101)}" }) { totalCount } }`, "up to 100 characters"],
    [
      `{ datasets(after: "${encodeCursor([1, "x"])}") { totalCount } }`,
      "not a cursor of this list",
    ],
  ])("refuses %s", async (query, message) => {
    const { errors } = await started.ask(query);
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
  });

  test("guides the four audiences of the toolkit, by the newest edition", async () => {
    const query =
      "{ toolkitAudiences { id version publishedOn reviewOn title { en ar } forWhom { en } firstSteps { title { ar } text { en } } } }";
    const { data, statements } = await measured(query);
    expect(statements).toBe(1);
    expect(data.toolkitAudiences.map(({ id }: any) => id)).toEqual([
      "explorers",
      "institutions",
      "practitioners",
      "stalled",
    ]);
    expect(data.toolkitAudiences[0]).toMatchObject({
      version: 1,
      publishedOn: "2020-04-13",
      reviewOn: "2027-04-13",
    });
    expect(data.toolkitAudiences[3].firstSteps).toHaveLength(4);
  });

  test("shows a new edition of the toolkit in place of the old one", async () => {
    const { db } = started.database;
    await sql`insert into toolkit_audience
      select id, 2, position, title_en, title_ar, audience_en, audience_ar, first_steps,
        '2027-04-01', '2029-04-01'
      from toolkit_audience where id = 'stalled'`.execute(db);
    const { data } = await measured("{ toolkitAudiences { id version } }");
    await db.deleteFrom("toolkit_audience").where("version", "=", 2).execute();
    expect(data.toolkitAudiences).toEqual([
      { id: "explorers", version: 1 },
      { id: "institutions", version: 1 },
      { id: "practitioners", version: 1 },
      { id: "stalled", version: 2 },
    ]);
  });

  test("the database holds the rules of classification exactly as the rules tell them", async () => {
    const { db } = started.database;
    const field = [{ name: "name", label: { en: "Name", ar: "الاسم" } }];
    const combinations = accessLevels.flatMap((access_level) =>
      sensitivities.flatMap((sensitivity) =>
        personalDataKinds.flatMap((personal_data) =>
          [null, "cc-by-4.0"].flatMap((licence_id) =>
            [[], field].map((personal_fields) => {
              return { access_level, sensitivity, personal_data, licence_id, personal_fields };
            }),
          ),
        ),
      ),
    );
    expect(combinations).toHaveLength(192);
    const disagreements: object[] = [];
    for (const [index, combination] of combinations.entries()) {
      const verdict = await db
        .insertInto("dataset")
        .values({
          ...combination,
          personal_fields: JSON.stringify(combination.personal_fields),
          id: `test-${index}`,
          publisher_id: "rta",
          title_en: "t",
          title_ar: "t",
          description_en: "d",
          description_ar: "d",
          keywords: "[]",
          update_frequency: "DAILY",
          issued_at: new Date(0),
          modified_at: new Date(0),
          coverage_from: "2020-01-01",
          coverage_to: null,
          sample: true,
          search_text: "",
        })
        .execute()
        .then(
          () => "accepted",
          (error: Error) => /check constraint/.exec(error.message)?.[0],
        );
      const expected =
        findDatasetProblems(combination).length === 0 ? "accepted" : "check constraint";
      if (verdict !== expected) disagreements.push({ ...combination, verdict });
    }
    expect(disagreements).toEqual([]);
    await db.deleteFrom("dataset").where("id", "like", "test-%").execute();
  });
});
