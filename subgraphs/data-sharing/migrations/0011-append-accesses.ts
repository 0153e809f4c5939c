/**
 * The whole of a write to the access log as one statement: checks that the log ends where the writer
 * believes, that the grants and consents still hold, and that their rates allow it; locks all of them
 * until the commit; then writes. It writes all or nothing, and tells why when it is nothing: MOVED (the
 * log ends elsewhere) or CHANGED (something must be refused), which the writer then sorts out one by one.
 */
import { type Kysely, sql } from "kysely";

const statements = [
  `create function append_accesses(
    tip jsonb, entries jsonb, head jsonb, granted text[], given timestamptz,
    personal jsonb, consents text[], uses jsonb
  ) returns text language plpgsql as $$
    declare
      end_entry record;
      end_head record;
      holding integer;
    begin
      perform pg_advisory_xact_lock(hashtextextended('data-sharing/access-log', 0));
      select sequence, hash into end_entry from access_log_entry order by sequence desc limit 1;
      select tree_size, root_hash into end_head from access_log_tree_head order by tree_size desc limit 1;
      if end_entry.sequence is distinct from (tip ->> 'sequence')::bigint
        or end_entry.hash is distinct from tip ->> 'hash'
        or end_head.tree_size is distinct from (tip ->> 'sequence')::bigint
        or end_head.root_hash is distinct from tip ->> 'rootHash'
      then
        return 'MOVED';
      end if;
      if cardinality(granted) > 0 then
        -- A revocation comes wholly before or after.
        select count(*) into holding from (
          select id from access_grant
          where id = any (granted) and state = 'ACTIVE' and from_at <= given and until_at > given
          order by id for share
        ) as held;
        if holding <> cardinality(granted) then
          return 'CHANGED';
        end if;
      end if;
      if cardinality(consents) > 0 then
        -- So does a withdrawal, whose record refers to the consent and waits for this lock.
        perform from consent where id = any (consents) order by id for update;
        if exists (select from consent_withdrawal where consent_id = any (consents)) then
          return 'CHANGED';
        end if;
      end if;
      if jsonb_array_length(uses) > 0 then
        if exists (
          select from jsonb_to_recordset(uses) as use (grant_id text, hour timestamptz, times integer, most integer)
          left join grant_use on grant_use.grant_id = use.grant_id and grant_use.hour = use.hour
          where coalesce(grant_use.used, 0) + use.times > use.most)
        then
          return 'CHANGED';
        end if;
        insert into grant_use (grant_id, hour, used)
          select use.grant_id, use.hour, use.times
          from jsonb_to_recordset(uses) as use (grant_id text, hour timestamptz, times integer)
          on conflict (grant_id, hour) do update set used = grant_use.used + excluded.used;
      end if;
      insert into access_log_entry select * from jsonb_populate_recordset(null::access_log_entry, entries);
      insert into access_log_tree_head select * from jsonb_populate_record(null::access_log_tree_head, head);
      if jsonb_array_length(personal) > 0 then
        insert into data_access select * from jsonb_populate_recordset(null::data_access, personal);
      end if;
      return 'WRITTEN';
    end $$`,
];

export const appendAccesses = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
