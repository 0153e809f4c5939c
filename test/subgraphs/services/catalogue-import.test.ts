/** An agency's catalogue as a file: out and in again without loss, all of it or nothing, each problem by its row. */
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import jsonld from "jsonld";
import { Parser, Store } from "n3";
import SHACLValidator from "rdf-validate-shacl";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromRoot } from "../../../platform/root.ts";
import { importCatalogue } from "../../../subgraphs/services/catalogue-import.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { anyEntry } from "../../support/catalogue-entries.ts";
import { databases } from "../../support/databases.ts";
import { clerkOf } from "../../support/request-story.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";
import { writeCsv } from "../../../subgraphs/services/catalogue-csv.ts";
import { writeJsonLd } from "../../../subgraphs/services/catalogue-jsonld.ts";
import { serviceEntry } from "../../../subgraphs/services/service-entry.ts";

type Format = "CSV" | "JSON_LD";
const formats: readonly Format[] = ["CSV", "JSON_LD"];
const clerk = (agencyId: string) => clerkOf(agencyId, `clerk-${agencyId}`, ["catalogue:write"]);
const importing = `mutation ($format: CatalogueFormat!, $content: String!, $dryRun: Boolean!) {
  importCatalogue(format: $format, content: $content, dryRun: $dryRun) {
    applied created changed unchanged
    problems { row column serviceId field code message { en ar } } } }`;
const deps = { now: new Date("2026-02-05T10:00:00Z") };

describe.each(databases)("a catalogue as a file on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind);
  });
  afterAll(() => services[Symbol.asyncDispose]());

  async function fileOf(agencyId: string, format: Format): Promise<string> {
    const { data, errors } = await services.ask(
      `{ catalogueFile(format: ${format}) { fileName mediaType content } }`,
      { principal: clerk(agencyId) },
    );
    expect(errors).toBeUndefined();
    return data.catalogueFile.content;
  }
  async function send(agencyId: string, format: Format, content: string, dryRun = false) {
    const { data, errors } = await services.ask(importing, {
      principal: clerk(agencyId),
      variables: { format, content, dryRun },
    });
    expect(errors).toBeUndefined();
    return data.importCatalogue;
  }
  const counted = async (table: string) =>
    Number(
      (
        await services.database.db
          .selectFrom(table)
          .select((of) => of.fn.countAll<bigint>().as("n"))
          .executeTakeFirstOrThrow()
      )["n"],
    );

  test.each(formats)("of any agency of the seed says as %s what is so already", async (format) => {
    for (const agencyId of ["dewa", "gdrfa", "dubai-police", "tadweer-express"]) {
      const outcome = await send(agencyId, format, await fileOf(agencyId, format));
      expect(outcome).toMatchObject({ applied: true, problems: [], created: [], changed: [] });
      expect(outcome.unchanged.length).toBeGreaterThan(0);
    }
    expect(await counted("service_version")).toBe(117);
  });

  test.each(formats)("brings whatever it says as %s, once", async (format) => {
    const anyFile = fc.uniqueArray(anyEntry, {
      minLength: 1,
      maxLength: 3,
      selector: ({ id }) => id,
    });
    await fc.assert(
      fc.asyncProperty(anyFile, async (entries) => {
        const written = entries.map((entry) => ({
          entry: serviceEntry.parse({ ...entry, evidence: "SAMPLE", lastReviewedAt: "2026-02-05" }),
          version: 0,
        }));
        const content =
          format === "CSV"
            ? writeCsv(written)
            : writeJsonLd({ id: "dewa", name: { en: "D", ar: "د" } }, written, new Map());
        const order = { format, content: content.replaceAll('"version":0,', ""), dryRun: false };
        const csv = format === "CSV" ? content.replaceAll(/^"0",/gm, '"",') : order.content;
        const actor = { id: "clerk", agencyId: "dewa" };
        const { db } = services.database;
        const first = await importCatalogue(db, actor, { ...order, content: csv }, deps);
        expect(first.problems).toEqual([]);
        expect(await importCatalogue(db, actor, { ...order, content: csv }, deps)).toMatchObject({
          isApplied: true,
          created: [],
          changed: [],
          unchanged: expect.arrayContaining(entries.map(({ id }) => id)),
        });
        for (const other of formats) {
          const again = { format: other, content: await fileOf("dewa", other), dryRun: false };
          expect(await importCatalogue(db, actor, again, deps)).toMatchObject({
            problems: [],
            created: [],
            changed: [],
          });
        }
      }),
      { numRuns: 6 },
    );
  });

  test("changes what is changed in it, and only that; a dry run only says so", async () => {
    const content = (await fileOf("salik", "CSV")).replace(/"Recharge/, '"Refill');
    const before = await counted("service_version");
    const dry = await send("salik", "CSV", content, true);
    expect(dry).toMatchObject({ applied: false, problems: [], changed: ["salik-recharge"] });
    expect(await counted("service_version")).toBe(before);
    const wet = await send("salik", "CSV", content);
    expect(wet).toMatchObject({ applied: true, changed: ["salik-recharge"], created: [] });
    expect(wet.unchanged).toHaveLength(3);
    expect(await counted("service_version")).toBe(before + 1);
    expect(await send("salik", "CSV", content)).toMatchObject({ applied: true, changed: [] });
    const stale = content.replace('"Refill', '"Top up');
    expect((await send("salik", "CSV", stale)).problems).toMatchObject([
      { column: "version", serviceId: "salik-recharge", code: "CHANGED_MEANWHILE" },
    ]);
  });

  test("is refused as a whole, with everything that is wrong in it by row and column", async () => {
    const rows = (await fileOf("rta", "CSV")).split("\r\n");
    const before = await fileOf("rta", "JSON_LD");
    const wrong = rows
      .map((row, index) => {
        if (index === 1) return row.replace('"driving"', '"gardens"').replace(/"true"/, '"yes"');
        if (index === 2) return row.replace(/"rta-[a-z-]+"/, '"dewa-parking"');
        if (index === 4) return row.replace(/"ACTIVE"/, '"OPEN"').replaceAll("350.00", "3,5");
        return index === 3 ? row.replace(/"PT?\d+[A-Z]"/, '"two days"') : row;
      })
      .join("\r\n");
    const { applied, problems, changed } = await send("rta", "CSV", wrong);
    expect({ applied, changed }).toEqual({ applied: false, changed: [] });
    const told = problems.map(({ column, code }: any) => `${column} ${code}`);
    expect(told).toEqual(
      expect.arrayContaining([
        "payable WRONG_TYPE",
        "id NOT_YOURS",
        "processing_duration WRONG_FORM",
        "status NOT_A_CHOICE",
      ]),
    );
    expect(new Set(problems.map(({ row }: any) => row)).size).toBe(4);
    for (const { message } of problems) expect(message.ar).toMatch(/\p{Script=Arabic}/u);
    expect(await fileOf("rta", "JSON_LD")).toBe(before);
  });

  test("names the line on which a service begins, where cells have several lines", async () => {
    const content = await fileOf("dewa", "CSV");
    const lines = content.split(/\r?\n/);
    const { problems } = await send("dewa", "CSV", content.replaceAll('"bills"', '"gardens"'));
    expect(problems.length).toBeGreaterThan(2);
    for (const { row, serviceId } of problems) expect(lines[row - 1]).toContain(`"${serviceId}"`);
  });

  test.each([
    ["CSV", "", "REQUIRED"],
    ["CSV", 'id,name_en\n"x', "UNREADABLE"],
    ["CSV", "id,colour\nx,red\n", "UNKNOWN_FIELD"],
    ["JSON_LD", "{", "UNREADABLE"],
    ["JSON_LD", '{"@context": "https://example.org/context"}', "UNREADABLE"],
    ["CSV", "x".repeat(900_001), "UNREADABLE"],
  ] as const)("is refused when it is no such file: %s %.30s", async (format, content, code) => {
    const { applied, problems } = await send("dewa", format, content);
    expect(applied).toBe(false);
    expect(problems[0]).toMatchObject({ code });
  });

  test("may be nested and named as its writer likes, and hold itself, at the cost of its size", async () => {
    // Each layer holds the next one twice: unfolded, that would be 2^30 nodes.
    const layers = Array.from({ length: 30 }, (_, layer) => ({
      "@id": `urn:layer:${layer}`,
      "http://data.europa.eu/m8g/hasChannel": [
        { "@id": `urn:layer:${layer + 1}` },
        { "@id": `urn:layer:${layer + 1}`, "http://purl.org/dc/terms/identifier": `${layer}` },
      ],
    }));
    const content = JSON.stringify({
      "@context": { Dienst: "http://purl.org/vocab/cpsv#PublicService", wo: "@id" },
      "@graph": [
        { wo: "urn:layer:0", "@type": "Dienst", "http://purl.org/dc/terms/identifier": "dewa-x" },
        ...layers,
      ],
    });
    const { problems } = await send("dewa", "JSON_LD", content);
    expect(problems).toContainEqual(
      expect.objectContaining({ serviceId: "dewa-x", column: "title", code: "REQUIRED" }),
    );
  });

  test("has a limit of services", async () => {
    const [header, row] = (await fileOf("dubai-cares", "CSV")).split("\r\n");
    const minimal = row!.replaceAll(/"[^"]{30,}"/g, '""');
    const content = [header, ...Array<string>(501).fill(minimal)].join("\r\n");
    expect((await send("dubai-cares", "CSV", content)).problems).toMatchObject([
      { code: "TOO_MANY_ROWS" },
    ]);
  });

  test("names a service twice in vain", async () => {
    const [header, row] = (await fileOf("dubai-cares", "CSV")).split(/\r\n(?=")|\r\n$/);
    const { problems } = await send("dubai-cares", "CSV", [header, row, row].join("\r\n"));
    expect(problems).toMatchObject([{ column: "id", code: "REPEATED" }]);
  });
});

describe("the catalogue for other systems", () => {
  test("fits the official shapes of CPSV-AP 3.2.0, which find it wanting without titles", async () => {
    await using services = await startSubgraph(subgraph);
    const { data } = await services.ask(`{ catalogueFile(format: JSON_LD) { content } }`, {
      principal: clerk("gdrfa"),
    });
    const shapes = await readFile(fromRoot("test/subgraphs/services/cpsv-ap.shapes.ttl"), "utf8");
    const validator = new SHACLValidator(new Store(new Parser().parse(shapes)));
    const validate = async (content: string) => {
      const quads = await jsonld.toRDF(JSON.parse(content), { format: "application/n-quads" });
      const store = new Store(new Parser().parse(quads as unknown as string));
      const { conforms, results } = await validator.validate(store);
      return {
        conforms,
        results: results.map((one: any) => [one.focusNode?.value, one.path?.value]),
      };
    };
    const { content } = data.catalogueFile;
    expect(await validate(content)).toEqual({ conforms: true, results: [] });
    const broken = await validate(content.replaceAll("dct:title", "dct:alternative"));
    expect(broken.conforms).toBe(false);
    expect(broken.results.length).toBeGreaterThanOrEqual(9);
  });
});
