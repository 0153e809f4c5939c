/**
 * Which fines can be discounted, and bills in instalments: a bill that is split is paid by bills of its
 * own, one a part. The database refuses parts that do not sum to the bill, to the minor unit.
 */
import { type Kysely, sql } from "kysely";
import { grantToRole } from "./grants.ts";

const statements = [
  `alter table payable add column discountable boolean not null default false`,
  `update payable set discountable = true where id = 'dubai-police-fine'`,
  `create function check_discountable() returns trigger language plpgsql
    set search_path from current as $$
  begin
    if new.discount_percent is not null and not exists (select from item
        join payable on payable.id = item.payable_id where item.id = new.item_id and discountable) then
      raise exception 'fine % is of a kind that is never discounted', new.item_id
        using errcode = 'check_violation';
    end if;
    return new;
  end $$`,
  `create trigger fine_is_discountable before insert or update on fine
    for each row execute function check_discountable()`,

  `alter table bill add column most_instalments smallint not null default 1
    check (most_instalments between 1 and 24)`,
  `alter table item drop constraint item_status_check`,
  `alter table item add constraint item_status_check
    check (status in ('OPEN', 'PAID', 'VOID', 'IN_INSTALMENTS'))`,
  `create table instalment (
    item_id text primary key references item,
    parent_id text not null references item,
    number smallint not null check (number > 0),
    count smallint not null check (count > 1),
    unique (parent_id, number),
    check (number <= count and item_id <> parent_id)
  )`,
  `create trigger instalment_is_append_only before update or delete on instalment
    for each row execute function refuse_change()`,
  `create function check_instalments() returns trigger language plpgsql
    set search_path from current as $$
  declare
    parent item;
  begin
    select * into strict parent from item where id = new.parent_id;
    if parent.status <> 'IN_INSTALMENTS' or not exists (
        select from instalment i join item part on part.id = i.item_id where i.parent_id = parent.id
        having count(*) = new.count and min(i.count) = new.count and max(i.count) = new.count
          and sum(part.amount) = parent.amount and min(part.person_id) = parent.person_id
          and max(part.person_id) = parent.person_id and max(part.currency) = parent.currency) then
      raise exception 'the instalments of % do not make it up', parent.id
        using errcode = 'check_violation';
    end if;
    return null;
  end $$`,
  `create constraint trigger instalments_make_up_their_bill after insert on instalment
    deferrable initially deferred for each row execute function check_instalments()`,
  ...grantToRole(["instalment"]),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
