/** GraphQL over HTTP: the status of a good request, of one that is no JSON, and of one that is no request. */
import { type Check, failed, passed } from "../check.ts";
import { describe } from "../subject.ts";

export const httpStatus: Check = {
  name: "http-status",
  rule: "A good request gets 200; a body that is not JSON, or holds no query, gets 4xx.",
  async run({ ask, probe }) {
    const good = await ask(probe);
    if (good.status !== 200 || good.json?.data == null) {
      return failed(
        `\`${probe.query}\` got ${describe(good)}`,
        "Answer it with status 200 and `data`. If it was refused for its signature, see the check signature-right.",
      );
    }
    for (const body of ["{", '"text"', "{}"]) {
      const answer = await ask({ query: "", body });
      if (answer.status >= 400 && answer.status < 500) continue;
      return failed(
        `the body \`${body}\` got ${describe(answer)}`,
        "Answer 400: 200 means that it was carried out, and 5xx makes the gateway try it again.",
      );
    }
    return passed("200 for a query, 4xx for what is none");
  },
};
