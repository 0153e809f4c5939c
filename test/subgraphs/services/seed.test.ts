import { describe, expect, test } from "vitest";
import { hasItsDirhams } from "../../../subgraphs/services/fee.rules.ts";
import {
  readAgencies,
  readCategories,
  readRequests,
  readServices,
  readUse,
} from "../../../subgraphs/services/seed/catalogue.schema.ts";
import { checkFees } from "../../../subgraphs/services/seed/rows.ts";
import { toServiceRow } from "../../../subgraphs/services/service-rows.ts";

const [agencies, categories, services, use, requests] = await Promise.all([
  readAgencies(),
  readCategories(),
  readServices(),
  readUse(),
  readRequests(),
]);

/** Other subgraphs name these. */
const namedElsewhere = [
  "dewa-electricity-bill",
  "empower-cooling-bill",
  "etisalat-pay-bill",
  "du-pay-bill",
  "salik-recharge",
  "dubai-police-pay-fines",
  "rta-pay-fines",
  "dubai-municipality-pay-fines",
  "enoc-pay-fuel",
  "emarat-pay-fuel",
  "gdrfa-open-sponsorship-file",
  "rta-renew-vehicle-registration",
  "dubai-economy-pay-fees",
  "dha-open-pharmacies",
  "dha-find-doctor",
  "dha-find-medical-centre",
  "dha-covid-bulletin",
  "dha-medical-fitness",
  "dubai-ambulance-emergency-call",
  "dubai-police-police-stations",
];

const arabicLetter = /\p{Script=Arabic}/u;
const arabic = /^[^A-Za-z]*\p{Script=Arabic}/u;
const latin = /[A-Za-z]/;

const sentences = (text: string) => text.split(/[.;] (?=[A-Z])/).length;

describe("the seed of the catalogue", () => {
  test("has at least 116 services of at least 34 agencies in 12 categories", () => {
    expect(new Set(services.map(({ id }) => id)).size).toBe(services.length);
    expect(services.length).toBeGreaterThanOrEqual(116);
    expect(new Set(services.map(({ agency }) => agency)).size).toBeGreaterThanOrEqual(34);
    expect(agencies).toHaveLength(34);
    expect(new Set(services.map(({ category }) => category)).size).toBe(12);
    expect(categories).toHaveLength(12);
  });

  test("has the services that other subgraphs name", () => {
    const ids = services.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(namedElsewhere));
  });

  test("says everything in both languages, and no two services the same", () => {
    const wrong = services.filter(({ name, summary, description }) =>
      [name, summary, description].some(
        ({ en, ar }) => !latin.test(en) || arabicLetter.test(en) || !arabic.test(ar),
      ),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
    expect(services.filter(({ summary }) => sentences(summary.en) !== 1)).toEqual([]);
    expect(services.filter(({ description }) => sentences(description.en) < 2)).toEqual([]);
    for (const language of ["en", "ar"] as const) {
      for (const part of ["name", "summary", "description"] as const) {
        expect(new Set(services.map((service) => service[part][language])).size).toBe(
          services.length,
        );
      }
    }
  });

  test("carries the government's dirhams exactly where they are due", () => {
    const kinds = new Map(agencies.map(({ id, kind }) => [id, kind]));
    const wrong = services.filter(({ agency, fees }) => !hasItsDirhams(kinds.get(agency)!, fees));
    expect(wrong.map(({ id }) => id)).toEqual([]);
    const sponsorship = services.find(({ id }) => id === "gdrfa-open-sponsorship-file")!;
    expect(sponsorship.fees.map(({ kind, amount, sample }) => [kind, amount, sample])).toEqual([
      ["FEE", 25_000n, false],
      ["KNOWLEDGE_DIRHAM", 1_000n, true],
      ["INNOVATION_DIRHAM", 1_000n, true],
    ]);
    const [fee] = sponsorship.fees;
    expect(() => checkFees([{ ...sponsorship, fees: [fee!] }], agencies)).toThrow(
      '"gdrfa-open-sponsorship-file" must carry Knowledge and Innovation Dirham',
    );
  });

  test("marks every made-up price as sample", () => {
    const official = services.filter(({ fees }) => fees.some(({ sample }) => !sample));
    expect(official.map(({ id }) => id)).toEqual(["gdrfa-open-sponsorship-file"]);
  });

  test("is paid for wherever it has a fee", () => {
    const unpaid = services.filter(({ fees, payable }) => fees.length > 0 && !payable);
    expect(unpaid.map(({ id }) => id)).toEqual([]);
  });

  test("marks an agency no surer than its surest service", () => {
    const order = ["SAMPLE", "BRIEF", "EVIDENCED"];
    const tooSure = agencies.filter(({ id, evidence }) => {
      const own = services.filter(({ agency }) => agency === id);
      const best = Math.max(...own.map((service) => order.indexOf(service.evidence)));
      return order.indexOf(evidence) > best;
    });
    expect(tooSure).toEqual([]);
  });

  test("counts thirty days of use for every service, and names no other", () => {
    expect(Object.keys(use.counts).sort()).toEqual(services.map(({ id }) => id).sort());
    for (const days of Object.values(use.counts)) expect(days).toHaveLength(30);
  });

  test("has requests of the three people, in ids that sort by when they were begun", () => {
    expect(new Set(requests.map(({ person }) => person))).toEqual(
      new Set(["person-amal", "person-omar", "person-lina"]),
    );
    for (const { id, updatedAt } of requests) {
      expect(id).toMatch(
        /^req_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      const begun = Number.parseInt(id.slice(4, 17).replace("-", ""), 16);
      expect(begun).toBeLessThanOrEqual(Date.parse(updatedAt));
    }
  });

  test("is found by its keywords however they are spelt", () => {
    const licence = services.find(({ id }) => id === "rta-renew-driving-licence")!;
    expect(toServiceRow(licence).search_text).toContain("رخصه");
  });
});
