/** What a check found: which check, whose SDL and where, what is wrong and how to mend it. */

export const checkNames = ["composition", "ownership", "breaking-changes"] as const;
export type CheckName = (typeof checkNames)[number];

/** Codes of our own by check; composition passes Apollo's on besides. docs/checks.md lists them. */
export const codesOf = {
  composition: ["SDL_SYNTAX_ERROR"],
  ownership: ["EXTENDS_FOREIGN_TYPE", "ANSWERS_FOR_FOREIGN_TYPE", "OVERRIDES_FOREIGN_FIELD"],
  "breaking-changes": ["BREAKS_CLIENTS", "USE_UNKNOWN"],
} as const satisfies Readonly<Record<CheckName, readonly string[]>>;

type Found<Name extends CheckName, Code extends string> = {
  readonly check: Name;
  /** Stable. */
  readonly code: Code;
  /** Whose SDL has to change, as far as it is known. */
  readonly subgraphs: readonly string[];
  /** For people: names the place and the mend. */
  readonly message: string;
};

export type OwnershipCode = (typeof codesOf)["ownership"][number];

export type Problem =
  | Found<"composition", string>
  | Found<"ownership", OwnershipCode>
  | Found<"breaking-changes", (typeof codesOf)["breaking-changes"][number]>;
