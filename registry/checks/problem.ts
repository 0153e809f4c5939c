/** What a check found: which check, whose SDL and where, what is wrong and how to mend it. */

export const checkNames = ["composition", "ownership", "breaking-changes"] as const;
export type CheckName = (typeof checkNames)[number];

export type Problem = {
  readonly check: CheckName;
  /** Stable; docs/checks.md lists them. Composition passes Apollo's codes on. */
  readonly code: string;
  /** Whose SDL has to change, as far as it is known. */
  readonly subgraphs: readonly string[];
  /** For people: names the place and the mend. */
  readonly message: string;
};
