/**
 * Opening hours that know public holidays, Ramadan and dates (opening-minutes.rules.ts tells the
 * form), and nights on which pharmacies are on duty. Hours stored before are brought to the new form.
 */
import { type Kysely, sql } from "kysely";
import { toMultirange } from "../opening-hours.rules.ts";
import { parseOpeningHours } from "../opening-hours-text.rules.ts";
import { slotsEnd, toOpeningMinutes } from "../opening-minutes.rules.ts";
import { createSchedule } from "../opening-schedule.rules.ts";

const before = [
  sql`alter table facility drop constraint facility_open_minutes_check`,
  sql`alter table facility
    add column ramadan_hours_text text,
    add column calendar_mask smallint not null default 0 check (calendar_mask between 0 and 3),
    add column dated boolean not null default false`,
  sql`create table facility_season (
    facility_id text not null references facility (id) on delete cascade,
    years int4range not null,
    month_days int4range not null,
    open_minutes int4multirange not null,
    primary key (facility_id, years, month_days)
  )`,
  sql`create table duty_shift (
    facility_id text not null references facility (id) on delete cascade,
    starts_at timestamptz(3) not null,
    ends_at timestamptz(3) not null check (ends_at > starts_at),
    sample boolean not null,
    primary key (facility_id, starts_at),
    exclude using gist (facility_id with =, tstzrange(starts_at, ends_at) with &&)
  )`,
  sql`create index duty_shift_by_end on duty_shift (ends_at, starts_at)`,
];

const after = [
  sql`alter table facility
    alter column calendar_mask drop default,
    alter column dated drop default,
    add constraint facility_open_minutes_check
      check (open_minutes <@ int4multirange(int4range(0, ${sql.lit(slotsEnd)}))),
    add constraint facility_dated_check check (not dated or isempty(open_minutes))`,
];

export const openingCalendar = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of before) await statement.execute(db);
    const { rows } = await sql<{ text: string }>`
      select distinct hours_text as text from facility`.execute(db);
    for (const { text } of rows) {
      const { minutes } = toOpeningMinutes(createSchedule(parseOpeningHours(text), null));
      // What could be stored before knew no dates.
      await sql`update facility set open_minutes = ${toMultirange(minutes ?? [])}::int4multirange
        where hours_text = ${text}`.execute(db);
    }
    for (const statement of after) await statement.execute(db);
  },
};
