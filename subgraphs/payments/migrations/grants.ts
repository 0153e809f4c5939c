/** Lets the running service's role (0005-payment-life.ts) use new tables, where there is that role. */
export const grantToRole = (tables: readonly string[]): readonly string[] => [
  `do $$
  begin
    if exists (select from pg_roles where rolname = 'city_graph_payments') then
      grant select, insert, update, delete on ${tables.join(", ")} to city_graph_payments;
      execute format('grant usage on all sequences in schema %I to city_graph_payments', current_schema());
    end if;
  end $$`,
];
