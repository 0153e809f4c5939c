import { describe, expect, test } from "vitest";
import {
  createFieldsOf,
  toConsentRow,
  toDataAccessRow,
  toDatasetRow,
} from "../../../subgraphs/data-sharing/seed/rows.ts";
import {
  readConsents,
  readDataAccesses,
  readDatasets,
  readParticipants,
  readThemes,
  readToolkit,
} from "../../../subgraphs/data-sharing/seed/seed.schema.ts";
import { readAgencies } from "../../../subgraphs/services/seed/catalogue.schema.ts";

const [datasets, consents, accesses, participants, themes, toolkit, agencies] = await Promise.all([
  readDatasets(),
  readConsents(),
  readDataAccesses(),
  readParticipants(),
  readThemes(),
  readToolkit(),
  readAgencies(),
]);

type Text = { readonly en: string; readonly ar: string };
const isBilingual = ({ en, ar }: Text) =>
  /[A-Za-z]/.test(en) && !/\p{Script=Arabic}/u.test(en) && /\p{Script=Arabic}/u.test(ar);

describe("the seed of data sharing", () => {
  test("has at least 60 datasets of at least 15 agencies, all of them known to the catalogue of services", () => {
    expect(new Set(datasets.map(({ id }) => id)).size).toBe(datasets.length);
    expect(datasets.length).toBeGreaterThanOrEqual(60);
    expect(new Set(datasets.map(({ publisher }) => publisher)).size).toBeGreaterThanOrEqual(15);
    const known = new Set(agencies.map(({ id }) => id));
    expect(new Set(participants.map(({ agency }) => agency))).toEqual(known);
  });

  test("says everything in both languages, and no two datasets the same", () => {
    const wrong = datasets.filter(({ title, description, keywords, personalFields }) =>
      [title, description, ...keywords, ...personalFields.map(({ label }) => label)].some(
        (text) => !isBilingual(text),
      ),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
    for (const language of ["en", "ar"] as const) {
      expect(new Set(datasets.map(({ title }) => title[language])).size).toBe(datasets.length);
      expect(new Set(datasets.map(({ description }) => description[language])).size).toBe(
        datasets.length,
      );
    }
  });

  test("uses every access level, data class and kind of personal data", () => {
    expect(new Set(datasets.map((one) => one.accessLevel)).size).toBe(3);
    expect(new Set(datasets.map((one) => one.sensitivity)).size).toBe(4);
    expect(new Set(datasets.map((one) => one.personalData)).size).toBe(4);
    const used = new Set(datasets.flatMap((one) => one.themes));
    expect(themes.map(({ id }) => id)).toEqual(expect.arrayContaining([...used]));
    expect(themes).toHaveLength(13);
  });

  test("covers no time after a dataset was last changed, unless it plans ahead", () => {
    const wrong = datasets.filter(({ issuedOn, modifiedOn, coverage }) => {
      const isFuture = coverage.from > modifiedOn;
      return isFuture || issuedOn > modifiedOn || (coverage.to && coverage.to < coverage.from);
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  test("is refused when a dataset breaks a rule", () => {
    const [first] = datasets.filter(({ accessLevel }) => accessLevel === "OPEN");
    expect(() => toDatasetRow({ ...first!, licence: null })).toThrow(
      `Dataset "${first!.id}": Open data needs a licence`,
    );
  });

  test("is refused when an access goes beyond its consent, or a field is not the dataset's", () => {
    const fieldsOf = createFieldsOf(datasets);
    const rows = consents.map((one) => toConsentRow(one, fieldsOf));
    const access = accesses.find(({ consent }) => consent !== null)!;
    expect(() => toDataAccessRow(access, fieldsOf, rows)).not.toThrow();
    const late = { ...access, at: new Date("2031-01-01T00:00:00Z") };
    expect(() => toDataAccessRow(late, fieldsOf, rows)).toThrow("is not covered by the consent");
    expect(() => toDataAccessRow(access, fieldsOf, [])).toThrow("is not covered by the consent");
    expect(() => fieldsOf({ ...access, fields: ["salary"] })).toThrow('names "salary"');
  });

  test("has consents and accesses of the three people, in ids that sort by time", () => {
    const people = new Set(["person-amal", "person-omar", "person-lina"]);
    expect(new Set(consents.map(({ person }) => person))).toEqual(people);
    expect(new Set(accesses.map(({ person }) => person))).toEqual(people);
    const timeOf = (id: string) => Number.parseInt(id.slice(4, 17).replace("-", ""), 16);
    for (const { id, since } of consents) expect(timeOf(id)).toBe(since.getTime());
    for (const { id, at } of accesses) expect(timeOf(id)).toBe(at.getTime());
  });

  test("guides the four audiences of the toolkit in both languages", () => {
    expect(toolkit.map(({ id }) => id)).toEqual([
      "explorers",
      "institutions",
      "practitioners",
      "stalled",
    ]);
    for (const { title, forWhom, firstSteps } of toolkit) {
      const texts = [title, forWhom, ...firstSteps.flatMap((step) => [step.title, step.text])];
      expect(texts.filter((text) => !isBilingual(text))).toEqual([]);
      expect(firstSteps.length).toBeGreaterThanOrEqual(3);
    }
  });
});
