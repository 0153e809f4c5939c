/** Only POST is signed as a whole: another method must not be a way round the signature. */
import { type Check, failed, passed } from "../check.ts";
import { describe } from "../subject.ts";

export const httpMethods: Check = {
  name: "http-methods",
  rule: "GET, PUT and DELETE carry nothing out, and get 4xx.",
  async run({ prepare, send, probe, url }) {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const asked = new URL(url);
      if (method === "GET") asked.searchParams.set("query", probe.query);
      const answer = await send({ ...prepare(probe), method, url: asked.href });
      if (answer.status >= 400 && answer.status < 500 && answer.json?.data == null) continue;
      return failed(
        `${method} got ${describe(answer)}`,
        "Answer 405 (or 404, 401) to everything but POST: the gateway asks by nothing else.",
      );
    }
    return passed("refused");
  },
};
