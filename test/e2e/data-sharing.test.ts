import { afterAll, beforeAll, expect, test } from "vitest";
import { checkEvidence, readEvidence } from "../../subgraphs/data-sharing/access-log.evidence.ts";
import { type City, people, startCity } from "../support/city.ts";
import {
  countsQuery,
  createSigner,
  createStory,
  figureQuery,
  mobilityTerms,
  mobilityWish,
  profileTerms,
  profileWish,
  rowsQuery,
  staff,
} from "../support/sharing-story.ts";
import type { Principal } from "../../platform/principal.ts";

let city: City;
beforeAll(async () => {
  city = await startCity();
});
afterAll(() => city[Symbol.asyncDispose]());

const ask = (
  query: string,
  { principal, variables = {} }: { principal: Principal; variables?: object },
) => city.ask(query, { as: principal, variables });
const signersOf = async (publisher: Principal, requester: Principal) => {
  const story = createStory(ask);
  const signers = { publisher: await createSigner(), requester: await createSigner() };
  await story.register(publisher, signers.publisher);
  await story.register(requester, signers.requester);
  return signers;
};

const logQuery = `query($sequence: SafeInt!, $size: SafeInt!, $first: SafeInt!) { accessLog {
  publicKey treeHead { treeSize jws }
  entries(first: 100) { nodes { sequence actor outcome refusal canonical } }
  inclusionProof(sequence: $sequence, treeSize: $size) { leafIndex treeSize hashes }
  consistencyProof(firstSize: $first, secondSize: $size) { firstSize secondSize hashes } } }`;
const headQuery = "{ accessLog { publicKey treeHead { treeSize jws } } }";

test("a non-profit gets mobility counts, meets every limit, is revoked while it queries, and the log proves all of it", async () => {
  const story = createStory(ask);
  const signers = await signersOf(staff.rtaApprover, staff.cares);
  const { id, grant } = await story.reach(
    {
      requester: staff.cares,
      assessor: staff.rtaAssessor,
      approver: staff.rtaApprover,
      input: mobilityWish,
      terms: mobilityTerms,
    },
    signers,
  );
  expect(id).toMatch(/^req_/);
  const read = async (query: string, variables: object) => {
    const answer = await city.ask(query, {
      as: staff.cares,
      variables: { grant: grant.id, purpose: "RESEARCH", ...variables },
    });
    expect(answer.errors).toBeUndefined();
    return Object.values<any>(answer.data)[0];
  };

  const counts = await read(countsQuery, { by: ["area"] });
  expect(counts.cells.find(({ keys }: any) => keys[0] === "hatta").count).toBeNull();
  const early = (await city.ask(headQuery)).data.accessLog;

  const figure = { kind: "SUM", field: "minutes", cost: 600 };
  expect(await read(figureQuery, figure)).toMatchObject({ remainingMilliEpsilon: 400 });
  expect(await read(figureQuery, { ...figure, cost: 500 })).toMatchObject({
    code: "BUDGET_EXHAUSTED",
  });

  const reading = Array.from({ length: 20 }, () => read(countsQuery, { by: ["period"] }));
  const [told] = await Promise.all([
    Promise.all(reading),
    story.changeGrant(staff.rtaApprover, grant.id, "REVOKED"),
  ]);
  expect(
    told.every((one) => one.__typename === "SharedCounts" || one.code === "GRANT_REVOKED"),
  ).toBe(true);
  expect(await read(countsQuery, { by: ["area", "period"] })).toMatchObject({
    code: "GRANT_REVOKED",
  });

  const late = (await city.ask(headQuery)).data.accessLog.treeHead;
  const variables = {
    sequence: counts.logSequence,
    size: late.treeSize,
    first: early.treeHead.treeSize,
  };
  const { accessLog: log } = (await city.ask(logQuery, { as: people.noura, variables })).data;
  // In the log, what was read before the revocation stands before what was refused after it.
  const outcomes = log.entries.nodes
    .filter(({ refusal }: any) => refusal === null || refusal === "GRANT_REVOKED")
    .toSorted((a: any, b: any) => a.sequence - b.sequence)
    .map(({ outcome }: any) => outcome);
  expect(outcomes.lastIndexOf("GRANTED")).toBeLessThan(outcomes.indexOf("REFUSED"));

  const entry = log.entries.nodes.find(({ sequence }: any) => sequence === counts.logSequence);
  const evidence = {
    publicKey: early.publicKey,
    heads: [early.treeHead.jws, late.jws],
    entries: [{ canonical: entry.canonical, proof: log.inclusionProof }],
    consistency: [log.consistencyProof],
  };
  const findings = (given: object) => {
    const parsed = readEvidence(JSON.stringify(given));
    expect(parsed).toMatchObject({ ok: true });
    return checkEvidence((parsed as Extract<typeof parsed, { ok: true }>).evidence);
  };
  expect(findings(evidence).map(({ ok }) => ok)).toEqual([true, true, true, true]);
  const forged = entry.canonical.replace("cares-huda", "noor-client");
  const lie = { ...evidence, entries: [{ canonical: forged, proof: log.inclusionProof }] };
  expect(findings(lie).map(({ ok }) => ok)).toEqual([true, true, false, true]);
});

test("a person withdraws consent, and the next read obeys", async () => {
  const story = createStory(ask);
  const signers = await signersOf(staff.cityApprover, staff.tadweer);
  const { grant } = await story.reach(
    {
      requester: staff.tadweer,
      assessor: staff.cityAssessor,
      approver: staff.cityApprover,
      input: profileWish,
      terms: profileTerms,
    },
    signers,
  );
  const names = async () => {
    const { data } = await city.ask(rowsQuery, {
      as: staff.tadweer,
      variables: { grant: grant.id, purpose: "SERVICE_DELIVERY", fields: ["name"] },
    });
    return data.sharedRows.rows.map(({ values }: any) => values[0]);
  };
  expect(await names()).toEqual(["Amal (sample)"]);
  const { data } = await city.ask(
    "{ me { dataAccesses(first: 1) { nodes { agency { id name { en } } consent { id } } } } }",
    { as: people.amal },
  );
  const [access] = data.me.dataAccesses.nodes;
  expect(access.agency.id).toBe("tadweer-express");
  await city.ask("mutation($id: ID!) { withdrawConsent(id: $id) { __typename } }", {
    as: people.amal,
    variables: { id: access.consent.id },
  });
  expect(await names()).toEqual([]);
});

test("everybody reads the toolkit, the figures with the agencies' names, and what personal data the graph holds", async () => {
  const { data, errors } = await city.ask(`{
    toolkitAudiences { id path { id template { id } } }
    toolkitDiagnosis(answers: [{ questionId: "time-given", answer: NO }]) { blocker nextStep { id } }
    sharingStatistics { datasets byAgency { agency { id name { en } } datasets } byMonth { agency { name { ar } } } }
    personalData { type category subgraphs } }`);
  expect(errors).toBeUndefined();
  expect(data.toolkitAudiences).toHaveLength(4);
  // One clear no outweighs what nobody knows.
  expect(data.toolkitDiagnosis).toMatchObject({ blocker: "CAPACITY" });
  const rta = data.sharingStatistics.byAgency.find(({ agency }: any) => agency.id === "rta");
  expect(rta.agency.name.en).toContain("Roads and Transport Authority");
  expect(rta.datasets).toBeGreaterThan(0);
  const held = new Map<string, any>(data.personalData.map((one: any) => [one.type, one]));
  expect(held.get("Payment")).toMatchObject({ category: "FINANCIAL", subgraphs: ["payments"] });
  expect(held.get("Person").subgraphs).toHaveLength(4);
});

test("an organisation keeps its progress in the toolkit, through the gateway", async () => {
  const save = `mutation($input: ToolkitProgressInput!) { saveToolkitProgress(input: $input) {
    ... on ToolkitProgress { revision nextItem { id } } ... on ToolkitProgressConflict { code } } }`;
  const input = { basedOnRevision: 0, audienceId: "stalled", doneItems: ["stalled-diagnose"] };
  const saved = async () =>
    (await city.ask(save, { as: staff.cares, variables: { input } })).data.saveToolkitProgress;
  expect(await saved()).toMatchObject({ revision: 1, nextItem: { id: "stalled-owner" } });
  expect(await saved()).toMatchObject({ code: "PROGRESS_CHANGED" });
  const { errors } = await city.ask("{ toolkitProgress { revision } }");
  expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
});
