import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { statusOfConsent } from "../../../subgraphs/data-sharing/consent.rules.ts";
import { findDatasetProblems } from "../../../subgraphs/data-sharing/dataset.rules.ts";

const open = {
  access_level: "OPEN",
  sensitivity: "OPEN",
  personal_data: "NONE",
  licence_id: "cc-by-4.0",
} as const;

describe("a dataset", () => {
  test("that is open, licensed and free of persons is right", () => {
    expect(findDatasetProblems(open)).toEqual([]);
  });

  test.each([
    [{ ...open, sensitivity: "SECRET" }, "Access level and sensitivity"],
    [{ ...open, access_level: "SHARED" }, "Access level and sensitivity"],
    [{ ...open, licence_id: null }, "needs a licence"],
    [{ ...open, personal_data: "PSEUDONYMISED" }, "no personal data"],
  ] as const)("%j is refused with a way out", (dataset, problem) => {
    expect(findDatasetProblems(dataset).join()).toContain(problem);
  });
});

describe("a consent", () => {
  const until = new Date("2030-01-01T00:00:00Z");

  test("is active until its end, and expired from then on", () => {
    expect(statusOfConsent({ until, withdrawnAt: null }, until.getTime() - 1)).toBe("ACTIVE");
    expect(statusOfConsent({ until, withdrawnAt: null }, until.getTime())).toBe("EXPIRED");
  });

  test("once withdrawn is never active again", () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true }),
        fc.date({ noInvalidDate: true }),
        fc.nat(),
        (end, withdrawnAt, laterMs) => {
          expect(
            statusOfConsent({ until: end, withdrawnAt }, withdrawnAt.getTime() + laterMs),
          ).toBe("WITHDRAWN");
        },
      ),
    );
  });
});
