/**
 * The candidate that was not kept: the same terms in PostgreSQL's full text, by weight of field, with
 * pg_trgm's word similarity for typing errors. Here so that the comparison can be run again.
 */
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import pg from "pg";
import type { SearchEntry } from "../../subgraphs/services/search-index.ts";
import { termsOfQuery, termsOfText } from "../../subgraphs/services/search-terms.rules.ts";
import { normalizeText } from "../../subgraphs/services/text.rules.ts";

type Query = (
  sql: string,
  parameters?: unknown[],
) => Promise<{ rows: readonly Record<string, unknown>[] }>;

/** A term as to_tsquery and a tsvector's literal take it. */
const quoted = (term: string): string => `'${term.replaceAll("'", "''")}'`;

const vectorOf = (entry: SearchEntry): string => {
  const fields = [
    [entry.name, "A"],
    [entry.keywords, "A"],
    [`${entry.summary}\n${entry.agency}`, "B"],
    [entry.category, "C"],
    [entry.description, "D"],
  ] as const;
  return fields
    .flatMap(([text, weight]) => termsOfText(text).map((term) => [term, weight] as const))
    .map(([term, weight], index) => `${quoted(term)}:${index + 1}${weight}`)
    .join(" ");
};

const schema = [
  "create extension if not exists pg_trgm",
  "create table doc (id text primary key, vector tsvector not null, words text not null)",
  "create index on doc using gin (vector)",
  "create index on doc using gin (words gin_trgm_ops)",
];

const searchSql = `
  select id,
    ts_rank('{0.2, 0.3, 0.4, 1}', vector, to_tsquery('simple', $1), 1) * 4
      + coalesce((select avg(word_similarity(word, words)) from unnest($2::text[]) word), 0) as score
  from doc
  where vector @@ to_tsquery('simple', $1)
     or exists (select from unnest($2::text[]) word where word_similarity(word, words) >= 0.4)
  order by score desc, id limit 10`;

async function fill(query: Query, entries: readonly SearchEntry[]): Promise<void> {
  for (const sql of schema) await query(sql);
  for (const entry of entries) {
    const words = normalizeText(`${entry.name} ${entry.keywords} ${entry.agency}`);
    await query("insert into doc values ($1, $2::tsvector, $3)", [
      entry.id,
      vectorOf(entry),
      words,
    ]);
  }
  await query("analyze doc");
}

export type DatabaseSearch = {
  readonly search: (text: string) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
};

async function createDatabaseSearch(
  query: Query,
  stop: () => Promise<void>,
  entries: readonly SearchEntry[],
): Promise<DatabaseSearch> {
  await fill(query, entries);
  return {
    async search(text) {
      const terms = termsOfQuery(text);
      const last = terms.length - 1;
      const wanted = terms.map((term, index) => quoted(term) + (index === last ? ":*" : ""));
      const words = normalizeText(text).split(" ");
      const { rows } = await query(searchSql, [wanted.join(" | "), words]);
      return rows.map(({ id }) => String(id));
    },
    stop,
  };
}

export async function openPgliteSearch(entries: readonly SearchEntry[]): Promise<DatabaseSearch> {
  const database = await PGlite.create({ extensions: { pg_trgm } });
  const query: Query = (sql, parameters) => database.query(sql, parameters);
  return createDatabaseSearch(query, () => database.close(), entries);
}

/** @param url of an empty database. */
export async function openPostgresSearch(
  url: string,
  entries: readonly SearchEntry[],
): Promise<DatabaseSearch> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const query: Query = (sql, parameters) => client.query(sql, parameters);
  return createDatabaseSearch(query, () => client.end(), entries);
}
