/**
 * What a check of the conformance kit is: a name that stays the same, the rule in a sentence, and a run
 * against a subject that ends in a verdict. A verdict tells what was seen, and how to mend it.
 */
import type { Subject } from "./subject.ts";

export type Verdict =
  | { readonly kind: "passed"; readonly seen: string }
  /** `mend` is a whole sentence for whoever runs the subgraph. */
  | { readonly kind: "failed"; readonly seen: string; readonly mend: string }
  /** The rule says nothing of this subgraph. What merely was not given (a key, sample keys) fails. */
  | { readonly kind: "skipped"; readonly why: string };

export type Check = {
  /** Stable: scripts name it in `--only` and `--skip`. */
  readonly name: string;
  /** The rule, as a sentence. */
  readonly rule: string;
  /** May throw: no answer at all is a failure, told with its reason. */
  readonly run: (subject: Subject) => Promise<Verdict>;
};

export const passed = (seen: string): Verdict => ({ kind: "passed", seen });
export const failed = (seen: string, mend: string): Verdict => ({ kind: "failed", seen, mend });
export const skipped = (why: string): Verdict => ({ kind: "skipped", why });
