/**
 * What a service says besides (steps, eligibility, outputs and the like), fees that are not fixed, an agency's
 * hours and logo; and every version of every service, each kept as the whole entry. A kept version is never
 * changed or removed, and a service points at its own.
 */
import { type Kysely, sql } from "kysely";

const emptyDetails = `{"eligibility": [], "rules": [], "steps": [], "outputs": [], "legalBasis": [],
  "relatedServices": [], "validFrom": null, "validUntil": null}`;

/** Services that are older than this table: what their rows say, as an entry. */
const entryOfRows = `jsonb_build_object(
  'id', s.id, 'agency', s.agency_id, 'category', s.category_id,
  'lifeEvents', coalesce((select jsonb_agg(l.life_event_id order by l.life_event_id)
    from service_life_event l where l.service_id = s.id), '[]'),
  'name', jsonb_build_object('en', s.name_en, 'ar', s.name_ar),
  'summary', jsonb_build_object('en', s.summary_en, 'ar', s.summary_ar),
  'description', jsonb_build_object('en', s.description_en, 'ar', s.description_ar),
  'audiences', to_jsonb(s.audiences),
  'requiredDocuments', coalesce((select jsonb_agg(
    jsonb_build_object('en', d.name_en, 'ar', d.name_ar) order by d.position)
    from required_document d where d.service_id = s.id), '[]'),
  'channels', coalesce((select jsonb_agg(jsonb_build_object('kind', c.kind, 'url', c.url,
    'phone', c.phone, 'hours', case when c.hours_en is not null
      then jsonb_build_object('en', c.hours_en, 'ar', c.hours_ar) end) order by c.position)
    from service_channel c where c.service_id = s.id), '[]'),
  'fees', coalesce((select jsonb_agg(jsonb_build_object('kind', f.kind,
    'name', jsonb_build_object('en', f.name_en, 'ar', f.name_ar),
    'amount', f.amount, 'sample', f.sample) order by f.position)
    from fee f where f.service_id = s.id), '[]'),
  'processingTime', jsonb_build_object('duration', s.processing_duration,
    'businessDays', s.processing_business_days),
  'payable', s.payable, 'status', s.status, 'keywords', to_jsonb(s.keywords),
  'evidence', s.evidence,
  'lastReviewedAt', to_char(s.last_reviewed_at at time zone 'Asia/Dubai', 'YYYY-MM-DD')
) || s.details`;

const statements = [
  `alter table agency add column email text, add column logo text,
    add column hours_en text, add column hours_ar text,
    add check ((hours_en is null) = (hours_ar is null))`,
  `alter table service
    add column version integer not null default 1 check (version > 0),
    add column details jsonb not null default '${emptyDetails}' check (jsonb_typeof(details) = 'object')`,
  `alter table fee drop constraint fee_amount_check`,
  `alter table fee
    add column pricing text not null default 'FIXED' check (pricing in ('FIXED', 'RANGE', 'RULE')),
    add column up_to bigint,
    add column rule_en text,
    add column rule_ar text,
    add check (amount > 0 or (amount = 0 and pricing <> 'FIXED')),
    add check ((pricing = 'RANGE') = (up_to is not null)),
    add check (up_to is null or up_to > amount),
    add check ((pricing = 'RULE') = (rule_en is not null)),
    add check ((rule_en is null) = (rule_ar is null))`,
  `create table service_version (
    service_id text collate "C" not null,
    version integer not null check (version > 0),
    from_at timestamptz(3) not null,
    changed_by text not null check (length(changed_by) between 1 and 128),
    entry jsonb not null check (entry ->> 'id' = service_id),
    primary key (service_id, version)
  )`,
  `insert into service_version (service_id, version, from_at, changed_by, entry)
    select s.id, 1, s.last_reviewed_at, 'seed', ${entryOfRows} from service s`,
  `alter table service add constraint service_points_at_its_version
    foreign key (id, version) references service_version (service_id, version)
    deferrable initially deferred`,
  `create function refuse_version_change() returns trigger language plpgsql as $$
  begin
    raise exception '% of % is refused: a version of a service is kept as it was',
      lower(tg_op), tg_table_name using errcode = 'restrict_violation';
  end $$`,
  `create trigger service_version_is_append_only before update or delete or truncate
    on service_version for each statement execute function refuse_version_change()`,
  `create function follow_service_version() returns trigger language plpgsql
    set search_path from current as $$
  declare
    former service_version;
  begin
    select * into former from service_version
      where service_id = new.service_id order by version desc limit 1;
    if new.version <> coalesce(former.version, 0) + 1 or new.from_at < former.from_at then
      raise exception 'version % of % does not follow version % of %', new.version, new.service_id,
        former.version, former.from_at using errcode = 'check_violation';
    end if;
    return new;
  end $$`,
  `create trigger service_version_follows before insert on service_version
    for each row execute function follow_service_version()`,
];

export const serviceVersions = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
