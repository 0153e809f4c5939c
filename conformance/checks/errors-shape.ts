/** GraphQL specification, section 7.1 (response format): what an error looks like. */
import { type Check, failed, passed } from "../check.ts";
import { describe } from "../subject.ts";

type Entry = { readonly message?: unknown; readonly path?: unknown; readonly extensions?: unknown };

const isEntry = ({ message, path, extensions }: Entry): boolean =>
  typeof message === "string" &&
  message !== "" &&
  (path === undefined || Array.isArray(path)) &&
  (extensions === undefined || (typeof extensions === "object" && extensions !== null));

const wrongQueries = [
  "{ __typename",
  "{ noSuchField }",
  "query A { __typename } query A { __typename }",
];

export const errorsShape: Check = {
  name: "errors-shape",
  rule: "What is wrong in a query is told as GraphQL errors: a list, each with a message, and no data.",
  async run({ ask }) {
    for (const query of wrongQueries) {
      const answer = await ask({ query });
      const { status, json } = answer;
      const errors: unknown = json?.errors;
      const isList =
        Array.isArray(errors) && errors.length > 0 && errors.every((one) => isEntry(one as Entry));
      if (isList && json?.data == null && status < 500) continue;
      return failed(
        `\`${query}\` got ${describe(answer)}`,
        'Answer `{"errors":[{"message":"…"}]}` with status 400 or 200; a GraphQL library does this by itself.',
      );
    }
    return passed("a wrong query gets a list of errors with messages, and no data");
  },
};
