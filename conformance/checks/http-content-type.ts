/** GraphQL over HTTP, section "Media Types": the gateway reads these two types, in UTF-8, and no other. */
import { type Check, failed, passed } from "../check.ts";

const types = new Set(["application/json", "application/graphql-response+json"]);

function problemOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return "there is no content-type";
  const [type = "", ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  if (!types.has(type)) return `the type is ${type}`;
  const charset = parameters.find((one) => one.startsWith("charset="));
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) return `the ${charset}`;
  return undefined;
}

export const httpContentType: Check = {
  name: "http-content-type",
  rule: "Answers, errors among them, are application/json or application/graphql-response+json in UTF-8.",
  async run({ ask, probe }) {
    for (const asked of [probe, { query: "{ noSuchField }" }]) {
      const { headers } = await ask(asked);
      const problem = problemOf(headers["content-type"]);
      if (problem === undefined) continue;
      return failed(
        `\`${asked.query}\`: ${problem}`,
        "Send `content-type: application/json; charset=utf-8`.",
      );
    }
    return passed("JSON in UTF-8");
  },
};
