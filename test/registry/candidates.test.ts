/** Candidates in the registry itself: opened, compared, promoted, withdrawn; asked by HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { noCounts } from "../../platform/canary-counts.ts";
import { candidateVariant, verifySupergraph } from "../../platform/supergraph-signature.ts";
import { databases } from "../support/databases.ts";
import {
  benchesSdl,
  gatewayKey,
  parksSdl,
  startRegistry,
  type TestRegistry,
} from "../support/registry.ts";

const wider = (name: string): string =>
  parksSdl.replace('"Its size."', `"Its ${name}."\n  ${name}: Int\n  "Its size."`);

describe.each(databases)("candidates on $kind", ({ kind }) => {
  let registry: TestRegistry;
  let parks: string;
  let benches: string;
  beforeAll(async () => {
    registry = await startRegistry({
      kind,
      candidateRules: {
        minRequests: 50,
        errorRisePoints: 2,
        slowdown: 1.5,
        withdrawsItself: true,
      },
    });
    parks = await registry.join("parks");
    benches = await registry.join("benches");
    await registry.publish("parks", parksSdl, parks);
    await registry.publish("benches", benchesSdl, benches);
  });
  afterAll(() => registry[Symbol.asyncDispose]());
  beforeEach(async () => {
    await registry.ask("POST /canary/withdraw", { body: {} });
  });

  const open = async (name: string, share = 20) =>
    registry.ask(`POST /publish?subgraph=parks&candidate=${share}`, {
      as: parks,
      body: wider(name),
    });
  const live = async () => (await registry.ask("GET /supergraph", { as: gatewayKey })).body;
  const ofGateways = (variant = "current") =>
    registry.ask(`GET /candidate?variant=${variant}`, { as: gatewayKey });
  const standing = async () => (await registry.ask("GET /canary", { as: parks })).body;
  const report = (candidate: number, counted: object) =>
    registry.ask("POST /canary/report", {
      as: gatewayKey,
      body: { candidate, live: noCounts, candidateLane: noCounts, marked: noCounts, ...counted },
    });
  const counts = (requests: number, errors: number, bucket = 3) => ({
    requests,
    errors,
    buckets: noCounts.buckets.map((_none, index) => (index === bucket ? requests : 0)),
  });

  it("is checked and composed as any publish, in every contract, and not live", async () => {
    const { status, body } = await open("ponds");
    expect([status, body.kind]).toEqual([200, "candidate"]);
    expect(await live()).not.toContain("ponds: Int");
    for (const variant of ["current", "public", "internal"]) {
      const told = await ofGateways(variant);
      expect(told.body).toContain("ponds: Int");
      expect(told.headers.get("city-graph-share")).toBe("20");
      const launch = Number(told.headers.get("city-graph-candidate"));
      expect(launch).toBe(body.candidate);
      const signed = { variant: candidateVariant(variant), launch, supergraph: told.body };
      const signature = told.headers.get("city-graph-signature") ?? "";
      expect(verifySupergraph(signed, signature, registry.publicKey)).toBe(true);
      // It cannot be passed off as what is live.
      expect(verifySupergraph({ ...signed, variant }, signature, registry.publicKey)).toBe(false);
    }
    const refused = await registry.ask("POST /publish?subgraph=parks&candidate=5", {
      as: parks,
      body: wider("Ponds_"),
    });
    expect([refused.status, refused.body.kind]).toEqual([422, "refused"]);
    expect((await standing()).candidate.state).toBe("open");
  });

  it("is one at a time: its own agency's next takes its place, another's is told to wait", async () => {
    const { body: first } = await open("ponds");
    const other = await registry.ask("POST /publish?subgraph=benches&candidate=5", {
      as: benches,
      body: benchesSdl.replace(
        '"Where it stands."',
        '"Its age."\n  age: Int\n  "Where it stands."',
      ),
    });
    expect([other.status, other.body.error.code]).toEqual([409, "CANDIDATE_OPEN"]);
    const { body: second } = await open("lakes");
    expect(second.candidate).toBeGreaterThan(first.candidate);
    expect((await ofGateways()).body).toContain("lakes: Int");
  });

  it("is its agency's and the operator's to change", async () => {
    await open("ponds");
    for (const route of ["share", "promote", "withdraw"]) {
      const asked = await registry.ask(`POST /canary/${route}`, {
        as: benches,
        body: { share: 1 },
      });
      expect(asked.status).toBe(403);
    }
    expect(
      (await registry.ask("POST /canary/share", { as: parks, body: { share: 75.5 } })).status,
    ).toBe(200);
    expect((await ofGateways()).headers.get("city-graph-share")).toBe("75.5");
    const wrong = await registry.ask("POST /canary/share", { as: parks, body: { share: 101 } });
    expect(wrong.body.error.code).toBe("BAD_REQUEST");
    const wrongAtFirst = await open("ponds", 120);
    expect(wrongAtFirst.body.error.message).toMatch(/0 to 100/);
  });

  it("tells errors and latency of both, side by side, with a verdict", async () => {
    const { body } = await open("ponds");
    expect((await standing()).verdict.kind).toBe("too few requests");
    await report(body.candidate, { live: counts(400, 4), candidateLane: counts(60, 1) });
    await report(body.candidate, { live: counts(100, 1), candidateLane: counts(40, 0) });
    const told = await standing();
    expect(told.verdict.kind).toBe("as good");
    expect(told.lanes).toMatchObject([
      { lane: "live", requests: 500, errors: 5, errorShare: 0.01 },
      { lane: "candidate", requests: 100, errors: 1, errorShare: 0.01 },
      { lane: "marked", requests: 0, errors: 0, p95Ms: null },
    ]);
    // All took from 5 to 10 ms.
    expect(told.lanes[0].p95Ms).toBeCloseTo(9.75);
    await report(body.candidate, { candidateLane: counts(300, 0, 8) });
    expect((await standing()).verdict.kind).toBe("slower");
  });

  it("withdraws itself with notably more errors, once there are enough requests", async () => {
    const { body } = await open("ponds");
    await report(body.candidate, { live: counts(500, 5), candidateLane: counts(49, 49) });
    expect((await standing()).candidate.state).toBe("open");
    await report(body.candidate, { candidateLane: counts(1, 1) });
    const { candidate } = await standing();
    expect(candidate).toMatchObject({ state: "withdrawn", endedBy: "registry" });
    expect(candidate.reason).toMatch(/100\.00 % of the candidate's answers, 1\.00 %/);
    expect((await ofGateways()).status).toBe(204);
    const late = await registry.ask("POST /canary/promote", { as: parks });
    expect(late.body.error.code).toBe("NO_CANDIDATE");
  });

  it("does not judge marked requests", async () => {
    const { body } = await open("ponds", 0);
    await report(body.candidate, { live: counts(500, 0), marked: counts(500, 500) });
    expect(await standing()).toMatchObject({
      candidate: { state: "open" },
      verdict: { kind: "too few requests" },
    });
  });

  it("ends when a contract changes, so that it shows nothing that is hidden since", async () => {
    await open("ponds");
    const contract = { name: "map", exclude: ["internal"] };
    await registry.ask("POST /contracts", { body: contract });
    expect((await standing()).candidate).toMatchObject({
      state: "withdrawn",
      reason: expect.stringMatching(/contract map has changed/),
    });
    await open("ponds");
    await registry.ask("POST /contracts/remove", { body: { name: "map" } });
    expect((await ofGateways()).status).toBe(204);
  });

  it("goes live in all variants when it is promoted, checked again against what is live by then", async () => {
    await open(`ponds${kind}`);
    const aged = benchesSdl.replace(
      '"Where it stands."',
      '"Its age."\n  age: Int\n  "Where it stands."',
    );
    expect((await registry.publish("benches", aged, benches)).body.kind).toBe("published");
    const { body } = await registry.ask("POST /canary/promote", { as: parks });
    expect(body.kind).toBe("published");
    // Nothing of what others published meanwhile is lost.
    for (const variant of ["current", "public"]) {
      const now = await registry.ask(`GET /supergraph?variant=${variant}`, { as: gatewayKey });
      expect(now.body).toContain(`ponds${kind}: Int`);
      expect(now.body).toContain("age: Int");
    }
    const [latest] = (await registry.ask("GET /launches")).body.launches;
    expect(latest.kind).toBe("promote");
    const ended = await ofGateways();
    expect([ended.status, ended.headers.get("city-graph-live")]).toEqual([204, latest.sha256]);
    // And the agency may take it back as its own latest publish.
    expect((await registry.ask("POST /rollback", { as: parks })).status).toBe(200);
    expect(await live()).not.toContain(`ponds${kind}: Int`);
  });
});
