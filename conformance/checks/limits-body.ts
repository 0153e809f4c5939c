/** A body without a limit is a way to fill the memory of whoever reads it. */
import { type Check, failed, passed } from "../check.ts";
import type { Exchange } from "../exchange.ts";
import { describe } from "../subject.ts";

/** Both ways of refusing: an answer, and a connection closed in the middle of the body. */
const refused = ({ status, json }: Exchange): boolean =>
  status >= 400 && status < 500 && json?.data == null;

export const limitsBody: Check = {
  name: "limits-body",
  rule: "A body over the limit is refused by 4xx or a closed connection, and the next request is answered.",
  async run({ ask, probe, maxBodyBytes }) {
    const padding = "x".repeat(maxBodyBytes);
    const body = JSON.stringify({ ...probe, variables: { padding } });
    const answer = await ask({ ...probe, body }).catch(() => "closed" as const);
    const mebibytes = Math.round(body.length / 1024 / 1024);
    if (answer !== "closed" && !refused(answer)) {
      return failed(
        `${mebibytes} MiB got ${describe(answer)}`,
        "Stop reading at a limit (10 MiB say), and answer 413. Another limit is told to this check by --max-body-bytes.",
      );
    }
    const after = await ask(probe);
    if (after.status === 200) return passed(`${mebibytes} MiB were refused`);
    return failed(
      `after ${mebibytes} MiB \`${probe.query}\` got ${describe(after)}`,
      "Refuse the one request and go on with the others.",
    );
  },
};
