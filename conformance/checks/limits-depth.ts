/** Nesting without end: recursion in a parser must end in an error, and never in the process's death. */
import { type Check, failed, passed } from "../check.ts";
import { describe } from "../subject.ts";

const levels = 5_000;

export const limitsDepth: Check = {
  name: "limits-depth",
  rule: `A query ${levels} levels deep, and a variable of that depth, are answered with an error or as usual, not by 5xx.`,
  async run({ ask, probe }) {
    const deepQuery = `${"{ a ".repeat(levels)}${"}".repeat(levels)}`;
    const deepVariable = `{"query":"{ __typename }","variables":{"a":${"[".repeat(levels)}${"]".repeat(levels)}}}`;
    const bodies = [
      ["a deep query", JSON.stringify({ query: deepQuery })],
      ["a deep variable", deepVariable],
    ] as const;
    for (const [what, body] of bodies) {
      const answer = await ask({ query: "", body }).catch(() => undefined);
      if (answer && answer.status < 500) continue;
      return failed(
        `${what} got ${answer ? describe(answer) : "no answer"}`,
        "Limit the depth, or catch what your parser throws when it is too deep, and answer 400.",
      );
    }
    const after = await ask(probe);
    if (after.status === 200) return passed("told as an error, and the next request was answered");
    return failed(`afterwards \`${probe.query}\` got ${describe(after)}`, "Survive it.");
  },
};
