import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkPurpose,
  checkUntil,
  chooseFields,
  isCovered,
  statusOfConsent,
} from "../../../subgraphs/data-sharing/consent.rules.ts";
import { findDatasetProblems } from "../../../subgraphs/data-sharing/dataset.rules.ts";
import { normalizeText, readSearchWords } from "../../../subgraphs/data-sharing/text.rules.ts";

const label = { en: "Name", ar: "الاسم" };
const fieldsNamed = (...names: string[]) => names.map((name) => ({ name, label }));

const open = {
  access_level: "OPEN",
  sensitivity: "OPEN",
  personal_data: "NONE",
  personal_fields: [],
  licence_id: "cc-by-4.0",
} as const;
const shared = {
  access_level: "SHARED",
  sensitivity: "SENSITIVE",
  personal_data: "PERSONAL",
  personal_fields: fieldsNamed("name"),
  licence_id: null,
} as const;

describe("a dataset", () => {
  test("that is open, licensed and free of persons is right, and so is one that is shared and names its fields", () => {
    expect(findDatasetProblems(open)).toEqual([]);
    expect(findDatasetProblems(shared)).toEqual([]);
  });

  test.each([
    [{ ...open, sensitivity: "SECRET" }, "Access level and sensitivity"],
    [{ ...open, access_level: "SHARED" }, "Access level and sensitivity"],
    [{ ...shared, access_level: "OPEN", licence_id: "cc-by-4.0" }, "Access level and sensitivity"],
    [{ ...open, licence_id: null }, "needs a licence"],
    [{ ...open, personal_data: "PSEUDONYMISED" }, "no personal data"],
    [{ ...shared, personal_fields: [] }, "Name the personal fields"],
    [{ ...shared, personal_data: "NONE" }, "Name the personal fields"],
  ] as const)("%j is refused with a way out", (dataset, problem) => {
    expect(findDatasetProblems(dataset).join()).toContain(problem);
  });
});

const anyDate = fc.date({ noInvalidDate: true });

describe("a consent", () => {
  const until = new Date("2030-01-01T00:00:00Z");

  test("is active until its end, and expired from then on", () => {
    expect(statusOfConsent({ until, withdrawnAt: null }, until.getTime() - 1)).toBe("ACTIVE");
    expect(statusOfConsent({ until, withdrawnAt: null }, until.getTime())).toBe("EXPIRED");
  });

  test("once withdrawn is never active again, whatever the clock of the process says", () => {
    fc.assert(
      fc.property(anyDate, anyDate, anyDate, (end, withdrawnAt, now) => {
        expect(statusOfConsent({ until: end, withdrawnAt }, now.getTime())).toBe("WITHDRAWN");
      }),
    );
  });

  test("that has expired stays expired", () => {
    fc.assert(
      fc.property(anyDate, fc.nat(), fc.nat(), (end, first, more) => {
        const at = (nowMs: number) => statusOfConsent({ until: end, withdrawnAt: null }, nowMs);
        const earlier = at(end.getTime() - 1_000 + first);
        const later = at(end.getTime() - 1_000 + first + more);
        expect(earlier === "EXPIRED" && later === "ACTIVE").toBe(false);
      }),
    );
  });

  const now = Date.parse("2020-05-01T00:00:00Z");
  test.each(["2020-05-01T00:00:00.001Z", "2030-05-01T00:00:00Z"])("may end at %s", (end) => {
    expect(() => checkUntil(new Date(end), now)).not.toThrow();
  });
  test.each(["2020-05-01T00:00:00Z", "2030-05-01T00:00:00.001Z", "+123456-01-01T00:00:00Z"])(
    "may not end at %s",
    (end) => {
      expect(() => checkUntil(new Date(end), now)).toThrow(/`until` must lie after now and within/);
    },
  );

  test("is not asked for what law demands", () => {
    expect(() => checkPurpose("LAW_ENFORCEMENT")).toThrow("rests on law");
    expect(() => checkPurpose("RESEARCH")).not.toThrow();
  });

  test("names fields of the dataset, each once and in the dataset's order", () => {
    const known = fieldsNamed("name", "phone", "email");
    expect(chooseFields(["email", "name", "email"], known)).toEqual(fieldsNamed("name", "email"));
    expect(() => chooseFields([], known)).toThrow("Choose from: name, phone, email.");
    expect(() => chooseFields(["name", "salary"], known)).toThrow('"salary" is no personal field');
    expect(() => chooseFields(["name"], [])).toThrow("holds no personal data");
  });
});

describe("a consent covers an access", () => {
  const consent = {
    person_id: "person-amal",
    dataset_id: "d",
    granted_to: "dewa",
    purpose_code: "RESEARCH",
    fields: fieldsNamed("name", "phone"),
    since: new Date("2020-01-01T00:00:00Z"),
    until: new Date("2020-12-31T00:00:00Z"),
    withdrawn_at: new Date("2020-06-01T00:00:00Z"),
  } as const;
  const access = {
    person_id: "person-amal",
    dataset_id: "d",
    agency_id: "dewa",
    purpose_code: "RESEARCH",
    fields: fieldsNamed("name"),
    at: new Date("2020-05-31T23:59:59Z"),
    legal_basis: "CONSENT",
  } as const;

  test("of the same person, data, agency and purpose, as long as it stands", () => {
    expect(isCovered(access, consent)).toBe(true);
    expect(isCovered({ ...access, at: consent.since }, consent)).toBe(true);
  });

  test.each([
    { ...access, person_id: "person-omar" },
    { ...access, dataset_id: "e" },
    { ...access, agency_id: "rta" },
    { ...access, purpose_code: "NOTIFICATION" as const },
    { ...access, fields: fieldsNamed("name", "salary") },
    { ...access, at: new Date("2019-12-31T23:59:59Z") },
    { ...access, at: consent.withdrawn_at },
  ])("and not %j", (other) => {
    expect(isCovered(other, consent)).toBe(false);
  });

  test("and none from its end on", () => {
    const standing = { ...consent, withdrawn_at: null };
    expect(isCovered({ ...access, at: standing.until }, standing)).toBe(false);
  });
});

describe("texts are compared", () => {
  test.each([
    ["الإقامـة ١٢", "الاقامه 12"],
    ["مُسْتَشفى", "مستشفي"],
    ["Café", "cafe"],
    ["۳  Zones", "3 zones"],
  ])("%s as %s", (text, normal) => {
    expect(normalizeText(text)).toBe(normal);
  });

  test("in a form that stays itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(normalizeText(normalizeText(text))).toBe(normalizeText(text));
      }),
    );
  });

  test("word by word, and a text that says nothing asks for nothing", () => {
    expect(readSearchWords("  Air  quality air ")).toEqual(["air", "quality"]);
    expect(readSearchWords(" ")).toEqual([]);
    expect(() => readSearchWords("x".repeat(101))).toThrow("up to 100 characters, not 101");
  });
});
