/** What a check found: each names the place and the mend, under a stable code of `findingCodes`. */

/** Every code → what it means. docs/checks.md lists them, and a test compares. */
export const findingCodes = {
  COMPOSITION: {
    level: "error",
    meaning:
      "The subgraphs do not compose into a supergraph, or use connectors (`@connect`), which no gateway here carries out",
  },
  BREAKING_CHANGE_USED: {
    level: "error",
    meaning: "A change would break operations that clients have sent",
  },
  BREAKING_CHANGE_UNKNOWN: {
    level: "error",
    meaning:
      "A breaking change, while use has not been recorded for long enough to know its clients",
  },
  BREAKING_CHANGE_UNUSED: {
    level: "note",
    meaning: "A breaking change of what no client has used in the whole period",
  },
  KNOWN_OPERATION_INVALID: {
    level: "error",
    meaning: "A known operation would no longer be valid",
  },
  PLAN_MORE_FETCHES: {
    level: "warning",
    meaning: "A known operation would ask subgraphs more often than today",
  },
  NAME_STYLE: { level: "error", meaning: "A name is not written as the graph's others" },
  DESCRIPTION_MISSING: {
    level: "error",
    meaning: "A type, field or enum value has no description",
  },
  LIST_NOT_PAGED: {
    level: "warning",
    meaning: "A list at the root has no bound: no connection, no argument first or limit",
  },
  DEPRECATION_INCOMPLETE: {
    level: "error",
    meaning: "A deprecation lacks its reason or the date of removal",
  },
  OWNERSHIP_EXTENDS: {
    level: "error",
    meaning: "Adds to another agency's type, enum or union without its consent",
  },
  OWNERSHIP_TAKES_OVER: {
    level: "error",
    meaning:
      "Answers, overrides, loosens or takes away what is another agency's, without its consent",
  },
  OWNERSHIP_RESTRICTS: {
    level: "error",
    meaning: "Hides what is another agency's, or lets fewer ask it, without its consent",
  },
  PERSONAL_DATA_UNCLASSIFIED: {
    level: "error",
    meaning: "What belongs to a person does not say which personal data it is",
  },
  CACHEABILITY_UNDECLARED: {
    level: "error",
    meaning: "A field of Query does not say for how long its answer may be kept",
  },
  CONTRACT_BROKEN: {
    level: "error",
    meaning: "What a contract leaves of the graph does not hold together",
  },
  CONTRACT_TAG_UNKNOWN: {
    level: "warning",
    meaning: "A tag that no contract includes or excludes, so that it hides nothing",
  },
  SIZE_LIMIT: { level: "error", meaning: "The SDL is larger than the graph can carry" },
} as const;

export type FindingCode = keyof typeof findingCodes;

export type Finding = {
  readonly code: FindingCode;
  /** `error` refuses a publish; `warning` and `note` are told. */
  readonly level: "error" | "warning" | "note";
  /** `Type.field`, an operation's name, or the subgraph. */
  readonly place: string;
  readonly message: string;
  readonly mend: string;
};

export const finding = (
  code: FindingCode,
  place: string,
  message: string,
  mend: string,
): Finding => ({ code, level: findingCodes[code].level, place, message, mend });
