/** What errors give away: stack traces, file paths and SQL help attackers and nobody else. */
import { type Check, failed, passed } from "../check.ts";
import type { Exchange } from "../exchange.ts";

/** How a stack, or a query to a database, looks in the languages that subgraphs are written in. */
const traces: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    "a JavaScript stack",
    /\bat (?:async )?[\w.<>[\] ]+ ?\((?:file:|node:|\/|[A-Z]:\\)[^)]*:\d+:\d+\)/,
  ],
  ["a Python traceback", /Traceback \(most recent call last\)|File \\?"[^"]+\.py\\?", line \d+/],
  ["a Java stack", /\bat [\w.$]+\([\w$]+\.(?:java|kt):\d+\)/],
  ["a Go stack", /goroutine \d+ \[|\.go:\d+ \+0x/],
  ["a .NET stack", /\bin [^\s]+\.cs:line \d+/],
  ["a Ruby or PHP stack", /\.rb:\d+:in |\.php\(\d+\)|\.php on line \d+/],
  ["a stack in its extensions", /"stack(?:trace)?"\s*:\s*[["]/i],
  [
    "SQL",
    /\b(?:select|insert into|update|delete from)\b[^"]{0,200}\b(?:from|values|set|where)\b[^"]{0,80}(?:\$\d|\?|'|=)/i,
  ],
];

export const errorsSecrets: Check = {
  name: "errors-secrets",
  rule: "No answer holds a stack trace, a path of a source file, or SQL.",
  async run({ ask, askEntities, entities, prepare, send }) {
    const answers: Exchange[] = [
      await ask({ query: "{ __typename" }),
      await ask({ query: "{ noSuchField }" }),
      await ask({ query: "", body: '{"query":' }),
      await ask({ query: "", body: "[]" }),
      await send({ ...prepare({ query: "{ __typename }" }), method: "PUT" }),
    ];
    for (const entity of entities.slice(0, 10)) {
      const [known] = entity.known;
      const withoutKey = { __typename: entity.type };
      const oddKey = { ...known, id: { $ne: "'" }, __typename: entity.type };
      const wrongs = [withoutKey, oddKey, { __typename: "NoSuchType" }, "text"];
      for (const wrong of wrongs) answers.push(await askEntities(entity, [wrong]));
    }
    for (const { text, status } of answers) {
      const found = traces.find(([, pattern]) => pattern.test(text));
      if (!found) continue;
      const [what, pattern] = found;
      return failed(
        `${what} in an answer with status ${status}: "${pattern.exec(text)?.[0].slice(0, 120)}"`,
        "Log the details on your side, with the request id, and answer a sentence and a code.",
      );
    }
    return passed(`none in ${answers.length} answers to wrong requests`);
  },
};
