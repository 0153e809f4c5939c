/** Agreements after they are signed: read by people, renewed, suspended, resumed, ended. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { databases } from "../../support/databases.ts";
import {
  countsQuery,
  createSigner,
  createStory,
  figureQuery,
  mobilityTerms,
  mobilityWish,
  type Signer,
  staff,
} from "../../support/sharing-story.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const start = Date.parse("2026-06-01T08:00:00Z");
const dayMs = 86_400_000;

describe.each(databases)("an agreement on $kind", ({ kind }) => {
  let started: StartedSubgraph;
  let story: ReturnType<typeof createStory>;
  let signers: { publisher: Signer; requester: Signer };
  let nowMs = start;
  beforeAll(async () => {
    started = await startSubgraph(subgraph, kind, { clock: () => nowMs });
    story = createStory(started.ask);
    signers = { publisher: await createSigner(), requester: await createSigner() };
    await story.register(staff.rtaApprover, signers.publisher);
    await story.register(staff.cares, signers.requester);
  });
  beforeEach(() => {
    nowMs = start;
  });
  afterAll(() => started[Symbol.asyncDispose]());

  async function reach(changes: { readonly input?: object; readonly terms?: object } = {}) {
    const { id, grant } = await story.reach(
      {
        requester: staff.cares,
        assessor: staff.rtaAssessor,
        approver: staff.rtaApprover,
        input: { ...mobilityWish, ...changes.input },
        terms: { ...mobilityTerms, ...changes.terms },
      },
      signers,
    );
    const grantId: string = grant.id;
    const variables = { grant: grantId, purpose: "RESEARCH" };
    const ask = async (query: string, more: object): Promise<any> => {
      const { data } = await started.ask(query, {
        principal: staff.cares,
        variables: { ...variables, ...more },
      });
      return Object.values<any>(data)[0];
    };
    return {
      id: id as string,
      grantId,
      ask,
      read: async (): Promise<string> => {
        const told = await ask(countsQuery, { by: ["period"] });
        return told.code ?? "GRANTED";
      },
      change: (to: string) => story.changeGrant(staff.rtaApprover, grantId, to),
      renew: (until: string) => story.renew(staff.rtaApprover, id, until),
      async sign(document: string) {
        await story.accept(staff.cares, id);
        await story.sign(staff.rtaApprover, id, await signers.publisher.sign(document));
        return story.sign(staff.cares, id, await signers.requester.sign(document));
      },
      async [Symbol.asyncDispose]() {
        await story.changeGrant(staff.rtaApprover, grantId, "REVOKED");
      },
    };
  }

  const htmlOf = async (id: string): Promise<string> => {
    const query = `{ sharingRequest(id: "${id}") { agreement { html document state } } }`;
    return (await started.ask(query, { principal: staff.cares })).data.sharingRequest.agreement
      .html;
  };

  test("is a page in both languages that says what is signed, and by its hash which document that is", async () => {
    await using agreed = await reach({
      input: { purposeText: "To learn <script>alert(1)</script> & which areas lack journeys." },
      terms: { rowFilter: [{ field: "area", values: ["deira", "hatta"] }] },
    });
    const query = `{ sharingRequest(id: "${agreed.id}") { agreement { html document publisherSignature } } }`;
    const { data } = await started.ask(query, { principal: staff.cares });
    const { html, document, publisherSignature } = data.sharingRequest.agreement;
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain('<section lang="en" dir="ltr">');
    expect(html).toContain('<section lang="ar" dir="rtl">');
    for (const text of [
      "Agreement on sharing data",
      "اتفاقية مشاركة بيانات",
      "In force",
      "سارية",
      "For research and planning; results name nobody.",
      "Data office of Roads and Transport Authority",
      "counts without small groups, single figures with noise",
      "1 January 2029",
      "1 يناير 2029",
      createHash("sha256").update(document).digest("hex"),
      JSON.parse(Buffer.from(publisherSignature.split(".")[0], "base64url").toString()).kid,
    ]) {
      expect(html).toContain(text);
    }
    // What people wrote is text, and nothing comes from elsewhere.
    expect(html).not.toContain("<script");
    expect(html).not.toMatch(/(src|href)=/);
    expect(html).toContain("default-src &#39;none&#39;".replaceAll("&#39;", "'"));
    expect(await htmlOf(agreed.id)).toBe(html);
  });

  test("says who has not signed yet", async () => {
    const { id } = await story.request(staff.cares, { ...mobilityWish, purpose: "NOTIFICATION" });
    await story.assess(staff.rtaAssessor, id, 1);
    await story.approve(staff.rtaApprover, id, mobilityTerms);
    expect((await htmlOf(id)).match(/not signed yet/g)).toHaveLength(2);
    const { agreement } = await story.accept(staff.cares, id);
    await story.sign(staff.rtaApprover, id, await signers.publisher.sign(agreement.document));
    const html = await htmlOf(id);
    expect(html.match(/not signed yet/g)).toHaveLength(1);
    expect(html).toContain("Signed by the publisher");
  });

  test("is renewed after it has expired, and gives access again once both have signed", async () => {
    await using agreed = await reach();
    nowMs = Date.parse("2029-03-01T00:00:00Z");
    expect(await agreed.read()).toBe("GRANT_EXPIRED");
    const { agreement } = await agreed.renew("2030-06-01T00:00:00Z");
    expect(agreement).toMatchObject({ version: 2, state: "OFFERED" });
    expect(await agreed.read()).toBe("GRANT_EXPIRED");
    const renewed = await agreed.sign(agreement.document);
    expect(renewed.grant).toMatchObject({ id: agreed.grantId, until: "2030-06-01T00:00:00.000Z" });
    expect(await agreed.read()).toBe("GRANTED");
    nowMs = Date.parse("2030-06-01T00:00:00Z");
    expect(await agreed.read()).toBe("GRANT_EXPIRED");
  });

  test("keeps what was spent of the privacy budget when it is renewed", async () => {
    await using agreed = await reach();
    await agreed.ask(figureQuery, { kind: "PERSONS", cost: 700 });
    const { agreement } = await agreed.renew("2030-01-01T00:00:00Z");
    const { grant } = await agreed.sign(agreement.document);
    expect(grant).toMatchObject({ spentMilliEpsilon: 700, budgetMilliEpsilon: 1_000 });
    expect(
      await agreed.ask(figureQuery, { kind: "SUM", field: "minutes", cost: 400 }),
    ).toMatchObject({ code: "BUDGET_EXHAUSTED" });
  });

  test("that is suspended stays so through a renewal, until it is resumed", async () => {
    await using agreed = await reach();
    expect(await agreed.change("SUSPENDED")).toMatchObject({ grant: { state: "SUSPENDED" } });
    const { agreement } = await agreed.renew("2030-01-01T00:00:00Z");
    const { grant } = await agreed.sign(agreement.document);
    expect(grant).toMatchObject({ state: "SUSPENDED", until: "2030-01-01T00:00:00.000Z" });
    expect(await agreed.read()).toBe("GRANT_SUSPENDED");
    await agreed.change("ACTIVE");
    expect(await agreed.read()).toBe("GRANTED");
  });

  test("that is suspended and expires is expired, and resuming it does not change that", async () => {
    await using agreed = await reach();
    await agreed.change("SUSPENDED");
    nowMs = Date.parse("2029-01-02T00:00:00Z");
    expect(await agreed.read()).toBe("GRANT_EXPIRED");
    await agreed.change("ACTIVE");
    expect(await agreed.read()).toBe("GRANT_EXPIRED");
  });

  test("is suspended once, resumed once, and only by its publisher, with a reason", async () => {
    await using agreed = await reach();
    expect(await agreed.change("ACTIVE")).toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await agreed.change("SUSPENDED");
    expect(await agreed.change("SUSPENDED")).toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await expect(story.changeGrant(staff.cares, agreed.grantId, "ACTIVE")).rejects.toThrow(
      "data-sharing:review",
    );
    expect(await story.changeGrant(staff.cityApprover, agreed.grantId, "ACTIVE")).toMatchObject({
      code: "NOT_FOUND",
    });
    const short = await started.ask(
      `mutation { changeGrant(grantId: "${agreed.grantId}", to: ACTIVE, reason: "ok") { __typename } }`,
      { principal: staff.rtaApprover },
    );
    expect(short.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    const resumed = await agreed.change("ACTIVE");
    const steps = resumed.steps.filter(({ machine }: any) => machine === "GRANT");
    expect(steps.map(({ to, by }: any) => [to, by])).toEqual([
      ["ACTIVE", "cares-huda"],
      ["SUSPENDED", "rta-maryam"],
      ["ACTIVE", "rta-maryam"],
    ]);
  });

  test("cannot be renewed once it is revoked, while a renewal is open, by the requester, or into the past", async () => {
    const agreed = await reach();
    await expect(story.renew(staff.cares, agreed.id, "2030-01-01T00:00:00Z")).rejects.toThrow(
      "data-sharing:review",
    );
    expect(await story.renew(staff.cityApprover, agreed.id, "2030-01-01T00:00:00Z")).toMatchObject({
      code: "NOT_FOUND",
    });
    const past = new Date(nowMs - dayMs).toISOString();
    await expect(agreed.renew(past)).rejects.toThrow("after now and within five years");
    await expect(agreed.renew("2032-01-01T00:00:00Z")).rejects.toThrow("within five years");
    const offers = await Promise.all(
      Array.from({ length: 4 }, () => agreed.renew("2030-01-01T00:00:00Z")),
    );
    expect(offers.filter(({ code }) => code === "ILLEGAL_TRANSITION")).toHaveLength(3);
    await agreed.change("REVOKED");
    const { agreement } = offers.find(({ code }) => code === undefined)!;
    const signed = await agreed.sign(agreement.document);
    // Both may sign what was on the table; a revoked grant is not brought back by it.
    expect(signed.grant).toMatchObject({ state: "REVOKED" });
    expect(await agreed.read()).toBe("GRANT_REVOKED");
    expect(await agreed.renew("2030-02-01T00:00:00Z")).toMatchObject({
      code: "ILLEGAL_TRANSITION",
    });
  });
});
