/** How good a ranking is, against the judged set. Gains and discounts of nDCG as in Järvelin and Kekäläinen (2002), gain 2^grade − 1. */
import { readFile } from "node:fs/promises";
import { fromRoot } from "../../platform/root.ts";

/** 3: what is meant; 2: serves the purpose too; 1: has to do with it. What is not named has grade 0. */
export type JudgedQuery = {
  readonly query: string;
  readonly language: "en" | "ar";
  readonly misspelt: boolean;
  readonly grades: Readonly<Record<string, number>>;
};

export const readJudgedQueries = async (): Promise<readonly JudgedQuery[]> =>
  JSON.parse(await readFile(fromRoot("test/search/judged-queries.json"), "utf8"));

const depth = 10;

const gainOf = (grades: readonly number[]): number =>
  grades
    .slice(0, depth)
    .reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);

/** nDCG@10: 1 when the ten first are the best ten in their best order. */
export function ndcg(grades: JudgedQuery["grades"], ids: readonly string[]): number {
  const ideal = Object.values(grades).sort((one, other) => other - one);
  return gainOf(ids.map((id) => grades[id] ?? 0)) / gainOf(ideal);
}

/** Of the services that serve the purpose (grades 2 and 3), the part that is among the ten first. */
export function recall(grades: JudgedQuery["grades"], ids: readonly string[]): number {
  const wanted = Object.keys(grades).filter((id) => (grades[id] ?? 0) >= 2);
  const found = wanted.filter((id) => ids.slice(0, depth).includes(id));
  return found.length / Math.min(wanted.length, depth);
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
