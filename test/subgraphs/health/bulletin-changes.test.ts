import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { bulletinFeed } from "../../../subgraphs/health/bulletin-feed.ts";
import { bulletinAudiences, bulletinSeverities } from "../../../subgraphs/health/tables.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const clerkOf = (agencyId: string, scopes = ["bulletins:write"]): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes,
  policies: [],
});
const dha = clerkOf("dha");

const result = `{ __typename
  ... on BulletinChanged { repeated bulletin { id title { en } revision publisher { id } sample withdrawal { reason { en } } } }
  ... on BulletinRefused { reason message { en ar } current { id } } }`;
const publish = `mutation ($input: PublishBulletinInput!) { it: publishBulletin(input: $input) ${result} }`;
const correct = `mutation ($input: CorrectBulletinInput!) { it: correctBulletin(input: $input) ${result} }`;
const withdraw = `mutation ($input: WithdrawBulletinInput!) { it: withdrawBulletin(input: $input) ${result} }`;

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;

const text = (title: string) => ({
  title: { en: title, ar: "تنبيه صحي" },
  body: { en: "Stay in the shade at noon.", ar: "ابقوا في الظل عند الظهيرة." },
  severity: "ADVISORY",
  validFrom: "2026-07-01T00:00:00+04:00",
  validUntil: "2026-08-01T00:00:00+04:00",
});

const stale = {
  invalidation: [
    { kind: "type", subgraph: "health", type: "Bulletin" },
    { kind: "cache_tag", subgraphs: ["health"], cache_tag: "bulletins" },
  ],
};

describe.each(databases)("bulletins change on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  let now = Date.parse("2026-07-01T09:00:00+04:00");
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { clock: () => (now += 1_000) });
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const send = async (mutation: string, input: object, principal: Principal = dha) => {
    const answer = await health.ask(mutation, { principal, variables: { input } });
    const { extensions } = answer as { extensions?: unknown };
    return { it: answer.data?.it, errors: answer.errors, extensions };
  };
  const published = async (title: string, more: object = {}): Promise<string> => {
    const input = { ...text(title), idempotencyKey: newKey(), ...more };
    return (await send(publish, input)).it.bulletin.id;
  };
  const latest = async () => (await health.ask("{ latestBulletin { id } }")).data.latestBulletin.id;

  test("a published one is the latest at once, and the gateway is told what is stale", async () => {
    const { it, extensions } = await send(publish, {
      ...text("Heat"),
      idempotencyKey: newKey(),
    });
    expect(it).toEqual({
      __typename: "BulletinChanged",
      repeated: false,
      bulletin: {
        id: expect.stringMatching(/^bul_[0-9a-f-]{36}$/),
        title: { en: "Heat" },
        revision: 1,
        publisher: { id: "dha" },
        sample: false,
        withdrawal: null,
      },
    });
    expect(extensions).toEqual(stale);
    expect(await latest()).toBe(it.bulletin.id);
  });

  test("repeated with its key it is published once; another request with the key is refused", async () => {
    const input = { ...text("Once"), idempotencyKey: newKey() };
    const answers = await Promise.all([send(publish, input), send(publish, input)]);
    const [first, second] = answers.map(({ it }) => it);
    expect(first.bulletin.id).toBe(second.bulletin.id);
    expect(new Set([first.repeated, second.repeated])).toEqual(new Set([false, true]));
    const other = await send(publish, { ...input, severity: "WARNING" });
    expect(other.it.reason).toBe("IDEMPOTENCY_KEY_USED");
    expect(other.extensions).toBeUndefined();
    const otherAgency = await send(publish, input, clerkOf("mohap"));
    expect(otherAgency.it.bulletin.publisher.id).toBe("mohap");
  });

  test("a correction keeps what was said before, and only the revision that was seen is corrected", async () => {
    const id = await published("Hot");
    const input = { ...text("Very hot"), id, expectedRevision: 1, idempotencyKey: newKey() };
    const both = await Promise.all([
      send(correct, input),
      send(correct, { ...input, idempotencyKey: newKey() }),
    ]);
    const kinds = new Set(both.map(({ it }) => it.reason ?? it.bulletin.revision));
    expect(kinds).toEqual(new Set([2, "REVISION_CHANGED"]));
    const { data } = await health.ask(
      `{ bulletin(id: "${id}") { title { en } revisedAt revisions { revision title { en } } } }`,
    );
    expect(data.bulletin).toEqual({
      title: { en: "Very hot" },
      revisedAt: expect.any(String),
      revisions: [{ revision: 1, title: { en: "Hot" } }],
    });
  });

  test("what replaces another is told on both sides, and a chain has one end", async () => {
    const older = await published("Older");
    const newer = await published("Newer", { supersedesId: older });
    const { data } = await health.ask(
      `{ older: bulletin(id: "${older}") { supersededBy { id } } newer: bulletin(id: "${newer}") { supersedes { id } supersededBy { id } } }`,
    );
    expect(data).toEqual({
      older: { supersededBy: { id: newer } },
      newer: { supersedes: { id: older }, supersededBy: null },
    });
    const again = { ...text("Fork"), supersedesId: older, idempotencyKey: newKey() };
    const { it } = await send(publish, again);
    expect(it).toMatchObject({ reason: "ALREADY_SUPERSEDED", current: { id: newer } });
    const holding = await health.ask(
      `{ bulletins(filter: { holdingAt: "2026-07-02T00:00:00Z" }) { totalCount nodes { id } } }`,
    );
    const ids = holding.data.bulletins.nodes.map((node: { id: string }) => node.id);
    expect(ids).toContain(newer);
    expect(ids).not.toContain(older);
    expect(holding.data.bulletins.totalCount).toBe(ids.length);
  });

  test("a filter finds by severity, audience and time exactly what a plain search of all finds", async () => {
    const days = (from: string, until: string | null) => ({ validFrom: from, validUntil: until });
    const times = [
      days("2026-07-01T00:00:00+04:00", "2026-07-10T00:00:00+04:00"),
      days("2026-07-05T00:00:00+04:00", null),
    ];
    for (const severity of bulletinSeverities)
      for (const audience of bulletinAudiences)
        for (const time of times) await published("Filtered", { severity, audience, ...time });
    type Told = {
      id: string;
      severity: string;
      audience: string;
      validFrom: string;
      validUntil: string | null;
      supersededBy: { validFrom: string } | null;
    };
    const find = async (filter: object): Promise<Told[]> => {
      const fields = "id severity audience validFrom validUntil supersededBy { validFrom }";
      const query = `query ($filter: BulletinFilter) { bulletins(first: 100, filter: $filter) { nodes { ${fields} } } }`;
      return (await health.ask(query, { variables: { filter } })).data.bulletins.nodes;
    };
    const all = await find({});
    const idsOf = (found: readonly Told[]) => found.map(({ id }) => id);
    const holds = ({ validFrom, validUntil, supersededBy }: Told, at: string) => {
      const time = Date.parse(at);
      const isReplaced = supersededBy !== null && Date.parse(supersededBy.validFrom) <= time;
      const isOver = validUntil !== null && Date.parse(validUntil) <= time;
      return Date.parse(validFrom) <= time && !isOver && !isReplaced;
    };
    const wanted: readonly {
      severities?: readonly string[];
      audiences?: readonly string[];
      holdingAt?: string;
    }[] = [
      { severities: ["WARNING", "ADVISORY"] },
      { audiences: [bulletinAudiences[1]] },
      { severities: ["WARNING"], audiences: bulletinAudiences },
      { severities: [] },
      { audiences: [] },
      { holdingAt: "2026-06-30T23:59:59+04:00" },
      { holdingAt: "2026-07-01T00:00:00+04:00" },
      { holdingAt: "2026-07-10T00:00:00+04:00", severities: ["WARNING"] },
      { holdingAt: "2026-09-01T00:00:00+04:00" },
    ];
    for (const filter of wanted) {
      const { severities, audiences, holdingAt } = filter;
      const expected = all.filter(
        (one) =>
          (severities?.includes(one.severity) ?? true) &&
          (audiences?.includes(one.audience) ?? true) &&
          (holdingAt === undefined || holds(one, holdingAt)),
      );
      expect(idsOf(await find(filter))).toEqual(idsOf(expected));
    }
    expect(await find({ severities: ["WARNING"] })).not.toHaveLength(0);
  });

  test("a withdrawn one is in no list, tells why, and gives its place back", async () => {
    const older = await published("Stands");
    const id = await published("Wrong", { supersedesId: older });
    const reason = { en: "It was wrong.", ar: "كانت خاطئة." };
    const { it, extensions } = await send(withdraw, { id, reason, idempotencyKey: newKey() });
    expect(it.bulletin.withdrawal.reason.en).toBe("It was wrong.");
    expect(extensions).toEqual(stale);
    expect(await latest()).toBe(older);
    const twice = await send(withdraw, { id, reason, idempotencyKey: newKey() });
    expect(twice.it.reason).toBe("WITHDRAWN");
    const next = await published("Right", { supersedesId: older });
    expect(await latest()).toBe(next);
  });

  test("only the agency's own bulletins are changed, and only by who may", async () => {
    const id = await published("Ours");
    const reason = { en: "No.", ar: "لا." };
    const other = await send(withdraw, { id, reason, idempotencyKey: newKey() }, clerkOf("mohap"));
    expect(other.it).toMatchObject({ reason: "OF_ANOTHER_AGENCY", current: null });
    const unknown = await send(withdraw, { id: "bul_x", reason, idempotencyKey: newKey() });
    expect(unknown.it.reason).toBe("UNKNOWN_BULLETIN");
    const without = await send(
      withdraw,
      { id, reason, idempotencyKey: newKey() },
      clerkOf("dha", ["billing:read"]),
    );
    expect(without.errors?.[0]).toMatchObject({
      message: 'This needs the scope "bulletins:write".',
      extensions: { code: "FORBIDDEN" },
    });
    const nobody = await health.ask(withdraw, {
      variables: { input: { id, reason, idempotencyKey: newKey() } },
    });
    expect(nobody.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  test.each([
    [{ title: { en: " ", ar: "تنبيه" } }, "`title.en` must have 1 to 200 characters, not 0."],
    [{ body: { en: "x", ar: "only English" } }, "`body.ar` has no Arabic letter"],
    [{ title: { en: "تنبيه", ar: "تنبيه" } }, "`title.en` has no Latin letter"],
    [{ validUntil: "2026-06-30T00:00:00Z" }, "`validUntil` must be after `validFrom`"],
    [
      { validFrom: "2020-01-01T00:00:00Z", validUntil: "2020-02-01T00:00:00Z" },
      "`validUntil` is past",
    ],
    [{ idempotencyKey: "has space" }, "`idempotencyKey` must be"],
  ])("%j is refused with how to mend it", async (wrong, message) => {
    const { errors } = await send(publish, { ...text("X"), idempotencyKey: newKey(), ...wrong });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
  });

  test("a feed tells each change once, in order, from when it began", async () => {
    const { db } = health.database;
    await using feed = bulletinFeed(db);
    await feed.ready;
    const id = await published("Fed");
    const reason = { en: "No.", ar: "لا." };
    await send(withdraw, { id, reason, idempotencyKey: newKey() });
    const [first, second] = [await feed.next(), await feed.next()];
    const told = [first, second].map(({ value }) => [value.kind, value.bulletin.id]);
    expect(told).toEqual([
      ["PUBLISHED", id],
      ["WITHDRAWN", id],
    ]);
    const waiting = feed.next();
    const woken = await published("Wakes");
    expect((await waiting).value?.bulletin.id).toBe(woken);
    await using resumed = bulletinFeed(db, { after: first.value.seq });
    expect((await resumed.next()).value.kind).toBe("WITHDRAWN");
    expect((await resumed.next()).value.bulletin.id).toBe(woken);
  });

  test("a feed that waits ends by its signal, by return and by break", async () => {
    const { db } = health.database;
    const controller = new AbortController();
    const aborted = bulletinFeed(db, { signal: controller.signal });
    const returned = bulletinFeed(db);
    const waiting = [aborted.next(), returned.next()];
    await Promise.all([aborted.ready, returned.ready]);
    controller.abort();
    await returned.return?.();
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    const broken = bulletinFeed(db, { after: 0n });
    for await (const { bulletin } of broken) {
      expect(bulletin.id).toMatch(/^bul_/);
      break;
    }
    expect(await broken.next()).toEqual({ done: true, value: undefined });
    const late = bulletinFeed(db, { signal: controller.signal });
    expect((await late.next()).done).toBe(true);
  });

  test("a change that is refused wakes nobody and leaves no event", async () => {
    await using feed = bulletinFeed(health.database.db);
    await feed.ready;
    const reason = { en: "No.", ar: "لا." };
    await send(withdraw, { id: "bul_x", reason, idempotencyKey: newKey() });
    const id = await published("After the refusal");
    expect((await feed.next()).value.bulletin.id).toBe(id);
  });
});

test("a feed goes on after its connection broke, and misses nothing", async () => {
  await using health = await startSubgraph(subgraph, "postgres");
  const { db } = health.database;
  await using feed = bulletinFeed(db);
  await feed.ready;
  const waiting = feed.next();
  const { sql } = await import("kysely");
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where query like 'listen %' and datname = current_database()`.execute(db);
  const input = { ...text("Broken line"), validUntil: null, idempotencyKey: newKey() };
  const answer = await health.ask(publish, { principal: dha, variables: { input } });
  expect((await waiting).value?.bulletin.id).toBe(answer.data.it.bulletin.id);
});
