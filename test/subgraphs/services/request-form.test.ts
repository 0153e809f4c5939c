/** Answers to forms: every kind of mistake is told at its field, with a code, in both languages. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCheckAnswers, type FormSchema } from "../../../subgraphs/services/request-form.ts";
import { readAnswers, readAttachments } from "../../../subgraphs/services/request-input.rules.ts";
import {
  readRequestForms,
  readServices,
} from "../../../subgraphs/services/seed/catalogue.schema.ts";
import { passport, rightAnswers, salary } from "../../support/request-story.ts";

const forms = await readRequestForms();
const services = await readServices();
const serviceId = "gdrfa-open-sponsorship-file";
const form = { serviceId, version: 1, schema: forms[serviceId] as FormSchema };
const check = createCheckAnswers();
const attachments = [passport, salary];
const problems = (changes: object) => check(form, { ...rightAnswers, ...changes }, attachments);

describe("the forms of the seed", () => {
  test.each(Object.entries(forms))(
    "that of %s is a JSON Schema that can be compiled",
    (id, schema) => {
      expect(services.map((service) => service.id)).toContain(id);
      expect(() => check({ serviceId: id, version: 1, schema }, {}, [])).not.toThrow();
      expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    },
  );

  test("name every field in both languages", () => {
    const arabic = /\p{Script=Arabic}/u;
    const look = (schema: any): void => {
      for (const field of Object.values<any>(schema.properties ?? {})) {
        expect(field.label.en).not.toMatch(arabic);
        expect(field.label.ar).toMatch(arabic);
        const labelled = field.choiceLabels ? Object.keys(field.choiceLabels) : field.enum;
        expect(labelled).toEqual(field.enum);
        if (field.items) look(field.items);
      }
    };
    for (const schema of Object.values(forms)) look(schema);
  });
});

describe("answers to a form", () => {
  test("that are right have no problems", () => expect(problems({})).toEqual([]));

  test.each([
    [{ emiratesId: undefined }, "/emiratesId", "REQUIRED"],
    [{ monthlyIncome: "12000" }, "/monthlyIncome", "WRONG_TYPE"],
    [{ monthlyIncome: 3_999 }, "/monthlyIncome", "TOO_SMALL"],
    [{ monthlyIncome: 10_000_001 }, "/monthlyIncome", "TOO_LARGE"],
    [{ emiratesId: "784" }, "/emiratesId", "WRONG_FORM"],
    [{ email: "nobody" }, "/email", "WRONG_FORM"],
    [{ housing: "TENT" }, "/housing", "NOT_A_CHOICE"],
    [{ housing: "RENTED" }, "/ejariNumber", "REQUIRED"],
    [{ family: [] }, "/family", "TOO_FEW"],
    [
      { family: [{ name: "S", relation: "SPOUSE", born: "1992-04-30" }] },
      "/family/0/name",
      "TOO_SHORT",
    ],
    [
      { family: [{ name: "Sara", relation: "SPOUSE", born: "1992-02-30" }] },
      "/family/0/born",
      "WRONG_FORM",
    ],
    [{ nickname: "Al" }, "/nickname", "UNKNOWN_FIELD"],
    [{ "a/b~c": 1 }, "/a~1b~0c", "UNKNOWN_FIELD"],
    [{ passport: "doc-other" }, "/passport", "NO_SUCH_ATTACHMENT"],
  ])("%j: a problem at %s, %s", (changes, field, code) => {
    const given = JSON.parse(JSON.stringify({ ...rightAnswers, ...changes }));
    const told = check(form, given, attachments);
    expect(told.map((one) => [one.field, one.code])).toEqual([[field, code]]);
    expect(told[0]!.message.ar).toMatch(/\p{Script=Arabic}/u);
  });

  test("are told with the field's own name, its limit, and how to write it", () => {
    const [tooSmall] = problems({ monthlyIncome: 1 });
    expect(tooSmall!.message.en).toMatch(
      /^“Monthly income in dirhams” must not be below 4000\. Sponsors/,
    );
    expect(tooSmall!.message.ar).toMatch(/^يجب ألا يقل «الدخل الشهري بالدرهم» عن 4000\. الحد/);
    const [wrongForm] = problems({ emiratesId: "1" });
    expect(wrongForm!.message.en).toContain("784-1990-1234567-1");
  });

  test("with many mistakes are told all of them at once", () => {
    const told = check(form, { family: [{}], housing: 1 }, []);
    expect(told.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["/emiratesId", "/mobile", "/housing", "/family/0/name", "/passport"]),
    );
  });

  test("name attachments of a media type that the form takes", () => {
    const heic = { ...passport, mediaType: "image/heic" };
    expect(check(form, rightAnswers, [heic, salary])).toMatchObject([
      { field: "/passport", code: "NO_SUCH_ATTACHMENT" },
    ]);
  });

  test("of any JSON are checked without breaking, and are right only if they have what is required", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const told = check(form, value, attachments);
        expect(told.length).toBeGreaterThan(0);
        for (const { field } of told) expect(field).toMatch(/^(\/|$)/);
      }),
    );
  });

  test("may be called __proto__ and stay unknown fields", () => {
    const given = JSON.parse(`{"__proto__": {"emiratesId": "784-1990-1234567-1"}}`);
    const told = check(form, given, attachments).map((one) => `${one.field} ${one.code}`);
    expect(told).toContain("/__proto__ UNKNOWN_FIELD");
    expect(told).toContain("/emiratesId REQUIRED");
  });
});

describe("what is sent with a request", () => {
  const nested = (depth: number): object => (depth === 0 ? {} : { deeper: nested(depth - 1) });
  test.each([
    ["over 32 KiB", { text: "x".repeat(33_000) }, "over 32768 bytes"],
    ["too deep", nested(9), "more than 8 deep"],
    ["half of a surrogate pair", { text: "\ud800" }, "surrogate"],
    ["half of one in a name", { "\udc00": 1 }, "surrogate"],
  ])("is refused when it is %s", (_, answers, message) => {
    expect(() => readAnswers(answers as Record<string, unknown>)).toThrow(message);
  });

  test.each([
    [{ id: "../etc" }, "letters, digits"],
    [{ name: "a/b" }, "without slashes"],
    [{ name: "" }, "1 to 200"],
    [{ mediaType: "text/html" }, "must be one of"],
    [{ bytes: 0 }, "bytes"],
    [{ bytes: 21 * 1024 * 1024 }, "bytes"],
    [{ sha256: "A".repeat(64) }, "hexadecimal"],
  ])("refuses an attachment with %j", (changes, message) => {
    expect(() => readAttachments([{ ...passport, ...changes }])).toThrow(message);
  });

  test("refuses eleven attachments, and one id twice", () => {
    const many = Array.from({ length: 11 }, (_, index) => ({ ...passport, id: `doc-${index}` }));
    expect(() => readAttachments(many)).toThrow("10 attachments");
    expect(() => readAttachments([passport, passport])).toThrow("`id` of its own");
  });
});
