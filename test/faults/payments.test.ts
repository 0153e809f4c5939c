/**
 * `npm run faults:payments -- --seconds N --seed S` runs this for as long as you like and prints its
 * report; among the tests it runs in a short form.
 */
import { beforeAll, expect, inject, test } from "vitest";
import { build } from "../support/built-tool.ts";
import { openFireDatabase } from "./payments-database.ts";
import { type FireReport, payUnderFire } from "./payments.ts";

beforeAll(() => build());

const {
  FAULT_SECONDS: seconds = 8,
  FAULT_SEED: seed = 20_200_501,
  FAULT_PAYERS: payers = 6,
} = Object.fromEntries(
  Object.entries(process.env)
    .filter(([name, value]) => name.startsWith("FAULT_") && value)
    .map(([name, value]) => [name, Number(value)]),
) as Record<string, number>;
const isByHand = process.env["FAULT_SECONDS"] !== undefined;
const say = (line: string): void => (isByHand ? console.log(line) : undefined);

/** Every number of the report in a line of its own, and in the end the one that matters. */
function describeReport(report: FireReport): string {
  const { provider, biller, wallets } = report.lost;
  const flat = (value: unknown): string =>
    typeof value === "object" && value !== null
      ? Object.entries(value)
          .map(([name, one]) => `${name} ${String(one)}`)
          .join(", ")
      : String(value);
  const lines = Object.entries(report).map(([name, value]) => `  ${name}: ${flat(value)}`);
  const lost = [provider, biller, wallets].reduce((sum, one) => sum + (one < 0n ? -one : one), 0n);
  return [
    `seconds ${seconds}, seed ${seed}, payers ${payers}`,
    ...lines,
    `money lost: ${lost}`,
  ].join("\n");
}

test(
  "no dirham is lost or invented while the payments process is killed again and again",
  async () => {
    await using database = await openFireDatabase(inject("postgresUrl"));
    const { db, url: databaseUrl } = database;
    const fire = { seconds, seed, payers, say };
    const report = await payUnderFire({ db, databaseUrl, ...fire });
    say(describeReport(report));
    expect(report).toMatchObject({
      contradictions: 0,
      crashes: [],
      unfinished: [],
      paidTwice: 0,
      leftHanging: 0,
      lost: { provider: 0n, biller: 0n, wallets: 0n },
      problems: [],
    });
    expect(report.fills).toBeGreaterThan(0);
    expect(report.kills).toBeGreaterThan(0);
    expect(report.payments["CAPTURED"]).toBeGreaterThan(0);
  },
  180_000 + seconds * 1_000,
);
