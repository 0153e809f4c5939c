/** The toolkit's guidance by audience; a new edition is a new version beside the old one. */
import { type Kysely, sql } from "kysely";

const statement = `create table toolkit_audience (
  id text collate "C" not null,
  version integer not null check (version > 0),
  position smallint not null,
  title_en text not null,
  title_ar text not null,
  audience_en text not null,
  audience_ar text not null,
  first_steps jsonb not null
    check (jsonb_typeof(first_steps) = 'array' and jsonb_array_length(first_steps) > 0),
  published_on date not null,
  review_on date not null check (review_on > published_on),
  primary key (id, version)
)`;

export const toolkit = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw(statement).execute(db);
  },
};
