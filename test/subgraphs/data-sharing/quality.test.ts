import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Format, mediaTypes } from "../../../subgraphs/data-sharing/dataset.rules.ts";
import {
  daysOverdue,
  type DescribedDataset,
  descriptionPercent,
  opennessStars,
} from "../../../subgraphs/data-sharing/quality.rules.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { updateFrequencies } from "../../../subgraphs/data-sharing/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const dayMs = 86_400_000;
const modifiedAt = new Date("2026-01-01T08:00:00Z");
const dataset = (changes: Partial<DescribedDataset>): DescribedDataset => ({
  isOpen: true,
  hasLicence: true,
  formats: ["CSV"],
  updateFrequency: "MONTHLY",
  modifiedAt,
  described: [true, true, false, true],
  ...changes,
});

describe("the quality of a dataset", () => {
  test.each<[Partial<DescribedDataset>, number | undefined]>([
    [{ isOpen: false }, undefined],
    [{ hasLicence: false }, 0],
    [{ formats: [] }, 1],
    [{ formats: ["XLSX"] }, 2],
    [{ formats: ["XLSX", "CSV"] }, 3],
  ])("counts the stars of %j", (changes, stars) => {
    expect(opennessStars(dataset(changes))).toBe(stars);
  });

  test("calls an update overdue once the promised time has passed, and never before", () => {
    const after = (days: number) => modifiedAt.getTime() + days * dayMs;
    expect(daysOverdue(dataset({}), after(31))).toBe(0);
    expect(daysOverdue(dataset({}), after(31) + dayMs - 1)).toBe(0);
    expect(daysOverdue(dataset({}), after(32))).toBe(1);
    expect(daysOverdue(dataset({ updateFrequency: "IRREG" }), after(9_000))).toBeUndefined();
    fc.assert(
      fc.property(fc.constantFrom(...updateFrequencies), fc.nat(4_000), (updateFrequency, days) => {
        const late = daysOverdue(dataset({ updateFrequency }), after(days)) ?? 0;
        const later = daysOverdue(dataset({ updateFrequency }), after(days + 1)) ?? 0;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(later - late).toBeLessThanOrEqual(1);
        expect(later).toBeGreaterThanOrEqual(late);
      }),
    );
  });

  test("tells how much of the description is there", () => {
    expect(descriptionPercent(dataset({}))).toBe(75);
    expect(descriptionPercent(dataset({ described: [] }))).toBe(100);
  });

  test("gives more stars, never fewer, for one form more", () => {
    const formats = fc.uniqueArray(fc.constantFrom(...(Object.keys(mediaTypes) as Format[])));
    fc.assert(
      fc.property(
        formats,
        fc.constantFrom(...(Object.keys(mediaTypes) as Format[])),
        (some, one) => {
          expect(opennessStars(dataset({ formats: [...some, one] }))).toBeGreaterThanOrEqual(
            opennessStars(dataset({ formats: some })) ?? 0,
          );
        },
      ),
    );
  });
});

describe.each(databases)("quality in the catalogue on $kind", ({ kind }) => {
  let started: StartedSubgraph;
  beforeAll(async () => {
    const clock = () => Date.parse("2020-05-01T00:00:00Z");
    started = await startSubgraph(subgraph, kind, { clock });
  });
  afterAll(() => started[Symbol.asyncDispose]());

  test("is told of a page of datasets by six statements, whatever its size", async () => {
    const of = async (first: number) => {
      started.database.statements.length = 0;
      const { data } = await started.ask(
        `{ datasets(first: ${first}) { nodes { id accessLevel quality { opennessStars daysOverdue descriptionPercent completenessPercent } } } }`,
      );
      return { nodes: data.datasets.nodes, statements: started.database.statements.length };
    };
    const few = await of(3);
    const { nodes, statements } = await of(100);
    expect(statements).toBe(few.statements);
    expect(statements).toBeLessThanOrEqual(6);
    expect(nodes).toHaveLength(71);
    for (const { accessLevel, quality } of nodes) {
      expect(quality.opennessStars === null).toBe(accessLevel !== "OPEN");
      expect(quality.descriptionPercent).toBeGreaterThanOrEqual(80);
    }
    const measured = nodes.filter(({ quality }: any) => quality.completenessPercent !== null);
    expect(measured.map(({ id }: any) => id).toSorted()).toEqual([
      "rta-nol-journeys",
      "smart-dubai-resident-profiles",
    ]);
  });
});
