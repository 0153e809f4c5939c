/**
 * Conservation under fire. Payers pay bills and fill up from wallets and by cards of every kind, repeat their requests
 * with the same keys, several at once, and operators refund, while the payments process is killed at
 * random moments, the provider times out, answers twice and late, the biller rejects or stays silent, and
 * database connections are cut. When all is quiet again the books are proved and compared with the
 * provider's and the biller's own. One seed decides what is tried; what is hit by a kill is up to chance.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Principal } from "../../platform/principal.ts";
import { verifyLedger } from "../../subgraphs/payments/ledger.verify.ts";
import type { Tables } from "../../subgraphs/payments/tables.ts";
import { newBill, newPayer } from "../subgraphs/payments/fixtures.ts";
import { type FaultCity, type MaybeAnswer, startFaultCity } from "./payments-city.ts";

export type FireOptions = {
  readonly db: Kysely<Tables>;
  readonly databaseUrl: string;
  readonly seconds: number;
  readonly seed: number;
  readonly payers: number;
  readonly say: (line: string) => void;
};

export type FireReport = {
  readonly requests: number;
  readonly unanswered: number;
  readonly duplicates: number;
  /** Repeats that named another payment than the first answer did. */
  readonly contradictions: number;
  readonly payments: Readonly<Record<string, number>>;
  readonly postings: Readonly<Record<string, number>>;
  readonly refunds: number;
  /** Pumps that reported, more than once each. */
  readonly fills: number;
  readonly unknownOutcomes: number;
  readonly kills: number;
  /** How the process ended by itself: it never should. */
  readonly crashes: readonly string[];
  readonly cutConnections: number;
  readonly paidTwice: number;
  readonly leftHanging: number;
  /** Minor units: what the provider, the biller and the wallets have, less what our ledger says. */
  readonly lost: { readonly provider: bigint; readonly biller: bigint; readonly wallets: bigint };
  /** Calls that were not done when the dust should have settled, with what went wrong last. */
  readonly unfinished: readonly string[];
  readonly problems: readonly string[];
};

const cards = [
  "tok_approve",
  "tok_approve",
  "tok_decline",
  "tok_insufficient_funds",
  "tok_timeout",
  "tok_duplicate_webhook",
  "tok_late_webhook",
  "tok_webhook_first",
  "tok_refund_fails",
];

const operator: Principal = {
  kind: "operator",
  id: "operator-fire",
  scopes: ["payments:refund", "payments:read"],
  policies: [],
};

const payBill = `mutation ($input: PayBillInput!) { payBill(input: $input) { __typename
  ... on PaymentMade { payment { id } } ... on PaymentStarted { payment { id } }
  ... on AlreadyPaid { payment { id } } ... on PaymentUnderWay { payment { id } } } }`;
const startFuel = `mutation ($input: StartFuelInput!) { startFuel(input: $input) { __typename
  ... on FuelStarted { session { id } } } }`;
const fuelState = `query ($id: ID!) { fuelSession(id: $id) { state } }`;
const reportFuel = `mutation ($input: ReportFuelInput!) { reportFuel(input: $input) { __typename
  ... on FuelReported { total { amount } } ... on FuelReportRefused { code } } }`;
const refundPayment = `mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { __typename } }`;

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const enoc: Principal = {
  kind: "agency",
  id: "agency-enoc",
  agencyId: "enoc",
  scopes: ["fuel:report"],
  policies: [],
};

/** Fils of SPECIAL_95 in the seed's station. */
const fuelLimit = 100_00;

const firstPump = 100;
const walletStart = 2_000_00n;
const quietWithinMs = 90_000;

type Tally = {
  requests: number;
  unanswered: number;
  duplicates: number;
  contradictions: number;
  refunds: number;
  fills: number;
};

const paymentIn = (answer: MaybeAnswer): string | undefined =>
  answer?.data?.["payBill"]?.payment?.id;

type Ask = (query: string, variables: object, principal: Principal) => Promise<MaybeAnswer>;

/**
 * One payer at a pump of their own: opened with repeats, then reported by several at once, with amounts
 * that contradict each other and above the limit among them; or never reported, and given up.
 */
async function fillUp(
  ask: Ask,
  payer: Principal,
  { pump, key, cardToken }: { pump: number; key: string; cardToken: string | undefined },
  random: () => number,
  isOver: () => boolean,
  tally: Tally,
): Promise<void> {
  const input = {
    stationId: "enoc-deira",
    pump,
    grade: "SPECIAL_95",
    limit: fuelLimit,
    idempotencyKey: key,
    ...(cardToken ? { method: "CARD", cardToken } : {}),
  };
  async function insist(
    query: string,
    variables: object,
    principal: Principal,
  ): Promise<MaybeAnswer> {
    for (;;) {
      const answer = await ask(query, variables, principal);
      if (answer?.data) return answer;
      if (isOver()) return undefined;
      await sleep(30);
    }
  }
  const opened = await Promise.all([1, 2].map(() => insist(startFuel, { input }, payer)));
  tally.duplicates += 1;
  const ids = opened.flatMap((one) => one?.data?.["startFuel"]?.session?.id ?? []);
  if (new Set(ids).size > 1) tally.contradictions += 1;
  const id = ids[0] as string | undefined;
  if (!id) return;
  let state = "WAITING";
  while (state === "WAITING" && !isOver()) {
    state = (await insist(fuelState, { id }, payer))?.data?.["fuelSession"]?.state ?? state;
    if (state === "WAITING") await sleep(40);
  }
  if (random() < 0.15) {
    await insist("mutation ($id: ID!) { cancelPayment(id: $id) { state } }", { id }, payer);
    return;
  }
  const millilitres = Math.floor(random() * 45_000);
  const report = (amount: number) => {
    const told = { input: { sessionId: id, millilitres: amount } };
    return insist(reportFuel, told, enoc);
  };
  const answers = await Promise.all([
    report(millilitres),
    report(millilitres),
    report(millilitres + 1),
    report(10_000_000),
  ]);
  const results = answers.map((one) => one?.data?.["reportFuel"]);
  const totals = results.flatMap((one) => one?.total?.amount ?? []);
  if (totals.length > 0) tally.fills += 1;
  if (new Set(totals).size > 1) tally.contradictions += 1;
  if (results[3]?.__typename === "FuelReported") tally.contradictions += 1;
}

/** One payer's life: bill after bill, each request repeated under its key until somebody answers. */
async function livePayer(
  city: FaultCity,
  { db }: FireOptions,
  payer: Principal,
  /** Of the station enoc-deira, nobody else's. */
  pump: number,
  random: () => number,
  isOver: () => boolean,
  tally: Tally,
  bills: Map<string, bigint>,
): Promise<void> {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const send = async (input: object): Promise<MaybeAnswer> => {
    tally.requests += 1;
    const answer = await city.ask(payBill, { input }, payer);
    if (!answer) tally.unanswered += 1;
    return answer;
  };
  async function repeatUntilAnswered(input: object): Promise<MaybeAnswer> {
    for (;;) {
      const answer = await send(input);
      const code = answer?.errors?.[0]?.extensions.code;
      if (answer && code !== "INTERNAL_SERVER_ERROR" && code !== "BILLER_UNAVAILABLE")
        return answer;
      if (isOver()) return undefined;
      await sleep(30);
    }
  }
  for (let turn = 0; !isOver(); turn += 1) {
    if (random() < 0.25) {
      const cardToken = random() < 0.6 ? pick(cards) : undefined;
      const at = { pump, key: `fuel-${payer.id}-${turn}`, cardToken };
      const ask: Ask = (query, variables, principal) => {
        tally.requests += 1;
        return city.ask(query, variables, principal);
      };
      await fillUp(ask, payer, at, random, isOver, tally);
      continue;
    }
    const amount = BigInt(1 + Math.floor(random() * 20_000));
    const isDu = random() < 0.4;
    const to = isDu ? { payableId: "du-bill", billerId: "du" } : {};
    const billId = await newBill(db, payer.id, amount, to);
    bills.set(billId, amount);
    const byCard = random() < 0.6;
    const input = {
      billId,
      expectedAmount: Number(amount),
      idempotencyKey: `fire-${payer.id}-${turn}`,
      ...(byCard ? { method: "CARD", cardToken: pick(cards) } : {}),
    };
    const times = random() < 0.3 ? 3 : 1;
    tally.duplicates += times - 1;
    const answers = await Promise.all(
      Array.from({ length: times }, () => repeatUntilAnswered(input)),
    );
    if (random() < 0.2) {
      tally.duplicates += 1;
      answers.push(await repeatUntilAnswered(input));
    }
    const named = new Set(answers.filter((one) => one !== undefined).map((one) => paymentIn(one)));
    if (named.size > 1) tally.contradictions += 1;
    const paymentId = paymentIn(answers.find((one) => paymentIn(one)));
    if (!paymentId || random() > 0.25) continue;
    const part = random() < 0.5 ? amount : 1n + amount / 3n;
    const refund = {
      paymentId,
      amount: Number(part),
      expectedRefundable: Number(amount),
      reason: "fire",
      idempotencyKey: `fire-refund-${paymentId}`,
    };
    tally.refunds += 1;
    await Promise.all([1, 2].map(() => city.ask(refundPayment, { input: refund }, operator)));
  }
}

async function fire(
  city: FaultCity,
  { db }: FireOptions,
  random: () => number,
  isOver: () => boolean,
): Promise<{ kills: number; cuts: number }> {
  let [kills, cuts] = [0, 0];
  while (!isOver()) {
    await sleep(300 + random() * 2_500);
    // The first is always a kill: a short run without one would show nothing.
    if (kills === 0 || random() < 0.5) {
      await city.kill();
      kills += 1;
      await sleep(random() * 300);
      await city.start();
    } else {
      const { rows } = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
        and pid <> pg_backend_pid() and application_name = '' and state <> 'idle' limit 3`.execute(
        db,
      );
      cuts += rows.length;
    }
  }
  return { kills, cuts };
}

const rowsOf = async <Row>(db: Kysely<Tables>, text: string): Promise<readonly Row[]> =>
  (await sql.raw<Row>(text).execute(db)).rows;

/** How many of today's rows are in each state; those of the seed are of long ago. */
async function countStates(db: Kysely<Tables>, table: "payment" | "posting") {
  const rows = await rowsOf<{ state: string; n: bigint }>(
    db,
    `select state, count(*) as n from ${table} where created_at > now() - interval '1 day'
     group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]));
}

const one = async (db: Kysely<Tables>, text: string): Promise<bigint> =>
  BigInt((await rowsOf<{ n: bigint | string | null }>(db, text))[0]?.n ?? 0);

async function untilQuiet(db: Kysely<Tables>): Promise<void> {
  const untilMs = Date.now() + quietWithinMs;
  while (Date.now() < untilMs) {
    const left = await one(
      db,
      `select (select count(*) from outbound_call where state = 'DUE') + (select count(*) from payment
       where state in ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN')) as n`,
    );
    if (left === 0n) return;
    await sleep(100);
  }
}

const mostExtraMs = 60_000;

export async function payUnderFire(options: FireOptions): Promise<FireReport> {
  const { db, databaseUrl, seconds, seed, payers, say } = options;
  const random = randomOf(seed);
  const bills = new Map<string, bigint>();
  const text = { en: "Mobile plan", ar: "باقة" };
  const fates = new Map<string, "POSTED" | "REJECTED" | "UNANSWERED">();
  await using city = await startFaultCity(databaseUrl, {
    billOf(id) {
      const amount = bills.get(id);
      return amount === undefined
        ? undefined
        : { due: true, lines: [{ kind: "CHARGE", description: text, amount }] };
    },
    decide({ bill }) {
      const dice = random();
      const fate = dice < 0.2 ? "REJECTED" : dice < 0.4 ? "UNANSWERED" : "POSTED";
      fates.set(bill, fate);
      return fate;
    },
  });
  await city.start();
  const people = await Promise.all(Array.from({ length: payers }, () => newPayer(db, walletStart)));
  const pumps = people.map((_, index) => ({
    station_id: "enoc-deira",
    number: firstPump + index,
    grades: ["SPECIAL_95"],
  }));
  await db.insertInto("fuel_pump").values(pumps).execute();
  const tally: Tally = {
    requests: 0,
    unanswered: 0,
    duplicates: 0,
    contradictions: 0,
    refunds: 0,
    fills: 0,
  };
  const endMs = Date.now() + seconds * 1_000;
  // On a busy machine it takes longer until there is something to judge.
  const isOver = () => Date.now() > endMs && (tally.fills > 0 || Date.now() > endMs + mostExtraMs);
  const living = people.map((payer, index) =>
    livePayer(
      city,
      options,
      payer,
      firstPump + index,
      randomOf(seed + index + 1),
      isOver,
      tally,
      bills,
    ),
  );
  const { kills, cuts } = await fire(city, options, random, isOver);
  await Promise.all(living);
  say("the fire is over; waiting for the dust to settle");
  // Sessions at pumps that nobody reports would hold for 20 minutes: their time is over now.
  await sql`update payment set expires_at = now() where capture = 'ON_REPORT' and state in
    ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN')`.execute(db);
  await untilQuiet(db);

  const problems = (await verifyLedger(db)).map(
    ({ broken, ids }) => `not: ${broken} (${ids.slice(0, 5).join(", ")})`,
  );
  const captured = city.provider.payments().reduce((sum, { captured: c }) => sum + c, 0n);
  const returned = city.provider
    .payments()
    .flatMap(({ refunds }) => refunds)
    .reduce((sum, refund) => (refund.status === "succeeded" ? sum + refund.amount : sum), 0n);
  const atProvider = await one(
    db,
    "select coalesce(-sum(amount), 0)::bigint as n from ledger_entry where account_id = 'provider:AED'",
  );
  const takenByBiller = [...city.du.postings.values()]
    .filter(({ result }) => (result as { result: string }).result === "posted")
    .reduce((sum, { amount }) => sum + amount, 0n);
  const postedToBiller = await one(
    db,
    `select coalesce(sum(e.amount), 0)::bigint as n from posting o
     join ledger_entry e on e.transaction_id = o.transaction_id
     where o.biller_id = 'du' and o.state = 'POSTED' and o.biller_reference is not null and e.amount > 0`,
  );
  const ids = people.map(({ id }) => `'${id}'`).join(", ");
  const inWallets = await one(
    db,
    `select sum(balance)::bigint as n from wallet where person_id in (${ids})`,
  );
  const spent = await one(
    db,
    `select coalesce(sum(captured_amount - refunded_amount), 0)::bigint as n from payment
     where method = 'WALLET' and person_id in (${ids})`,
  );
  const holds = city.provider
    .payments()
    .filter(({ status }) => status === "authorised" || status === "requires_action");
  const due = await rowsOf<{ call: string }>(
    db,
    `select concat_ws(' ', c.kind, p.method, p.state, p.closing, 'attempts', c.attempts, 'due in',
       round(extract(epoch from c.due_at - now())), 's:', c.last_error) as call
     from outbound_call c join payment p on p.id = c.payment_id where c.state = 'DUE'`,
  );
  return {
    ...tally,
    unfinished: due.map(({ call }) => call),
    payments: await countStates(db, "payment"),
    postings: await countStates(db, "posting"),
    unknownOutcomes: Number(
      await one(db, "select count(*) as n from payment_transition where to_state = 'UNKNOWN'"),
    ),
    kills,
    crashes: city.crashes,
    cutConnections: cuts,
    paidTwice: Number(
      await one(
        db,
        `select count(*) as n from (select item_id from payment
         where state in ('CAPTURED', 'PARTLY_REFUNDED') group by 1 having count(*) > 1) as twice`,
      ),
    ),
    leftHanging:
      holds.length +
      Number(
        await one(
          db,
          "select count(*) as n from payment where state in ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN')",
        ),
      ),
    lost: {
      provider: captured - returned - atProvider,
      biller: takenByBiller - postedToBiller,
      wallets: walletStart * BigInt(payers) - spent - inWallets,
    },
    problems,
  };
}
