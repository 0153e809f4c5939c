import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import {
  readToolkit,
  readToolkitEditions,
} from "../../../subgraphs/data-sharing/seed/seed.schema.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { blockers, toolkitContentSchema } from "../../../subgraphs/data-sharing/toolkit-content.ts";
import {
  type Answers,
  answerValues,
  diagnose,
} from "../../../subgraphs/data-sharing/toolkit-diagnosis.rules.ts";
import { databases } from "../../support/databases.ts";
import { staff } from "../../support/sharing-story.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const [[edition], audiences] = await Promise.all([readToolkitEditions(), readToolkit()]);
const { content } = edition!;
const { questions, steps, clear } = content.diagnosis;
const stepIds = steps.map(({ id }) => id);
const values = Object.values(answerValues);
const order = Object.values(blockers);

function* everyCombination(): Generator<Answers> {
  const total = values.length ** questions.length;
  for (let number = 0; number < total; number += 1) {
    yield Object.fromEntries(
      questions.map(({ id }, at) => [id, values[Math.floor(number / 3 ** at) % 3]!]),
    );
  }
}

describe("the self-diagnosis", () => {
  test("answers every combination of answers with exactly one step, which exists", () => {
    const reached = new Set<string>();
    let combinations = 0;
    for (const answers of everyCombination()) {
      combinations += 1;
      const { stepId, blocker, becauseOf } = diagnose(content.diagnosis, answers);
      if (!stepIds.includes(stepId)) throw new Error(`${JSON.stringify(answers)}: ${stepId}`);
      const isFree = Object.values(answers).every((answer) => answer === "YES");
      // Nothing but a clean sheet sends anybody on; everybody else is told what is in the way.
      if (isFree !== (stepId === clear) || isFree !== (blocker === undefined)) {
        throw new Error(`${JSON.stringify(answers)}: ${stepId}`);
      }
      if (!isFree && answers[becauseOf ?? ""] === "YES") throw new Error(`${becauseOf} is fine`);
      reached.add(stepId);
    }
    expect(combinations).toBe(3 ** questions.length);
    // No step is written in vain.
    expect([...reached].toSorted()).toEqual(stepIds.toSorted());
  });

  const someAnswers = fc.record(
    Object.fromEntries(questions.map(({ id }) => [id, fc.constantFrom(...values)])),
    { requiredKeys: [] },
  ) as fc.Arbitrary<Answers>;

  test("treats what was not answered as what nobody knows", () => {
    fc.assert(
      fc.property(someAnswers, (answers) => {
        const unsure = Object.fromEntries(questions.map(({ id }) => [id, "UNSURE" as const]));
        expect(diagnose(content.diagnosis, answers)).toEqual(
          diagnose(content.diagnosis, { ...unsure, ...answers }),
        );
      }),
    );
  });

  test("never grows graver when an answer gets better", () => {
    const rank = { NO: 2, UNSURE: 1, YES: 0 };
    const question = fc.constantFrom(...questions.map(({ id }) => id));
    fc.assert(
      fc.property(someAnswers, question, fc.constantFrom(...values), (answers, id, better) => {
        fc.pre(rank[better] < rank[answers[id] ?? "UNSURE"]);
        const before = diagnose(content.diagnosis, answers).severities;
        const after = diagnose(content.diagnosis, { ...answers, [id]: better }).severities;
        for (const [at, { percent }] of after.entries()) {
          expect(percent).toBeLessThanOrEqual(before[at]!.percent);
        }
      }),
    );
  });

  test("names the gravest blocker, and between equals the one to be cleared away first", () => {
    fc.assert(
      fc.property(someAnswers, (answers) => {
        const { blocker, severities } = diagnose(content.diagnosis, answers);
        expect(severities.map((one) => one.blocker)).toEqual(order);
        const scoreOf = (one: string) =>
          questions
            .filter((question) => question.blocker === one)
            .reduce(
              (sum, { id, weight }) =>
                sum + weight * { YES: 0, UNSURE: 1, NO: 2 }[answers[id] ?? "UNSURE"],
              0,
            );
        const scores = order.map(scoreOf);
        const most = Math.max(...scores);
        expect(blocker).toBe(most === 0 ? undefined : order[scores.indexOf(most)]);
      }),
    );
  });
});

describe("the content of an edition", () => {
  test("has six decision points, three foundations and a path for each audience", () => {
    expect(content.decisionPoints).toHaveLength(6);
    expect(content.foundations.map(({ id }) => id)).toEqual(["legal", "technical", "relationship"]);
    expect(content.paths.map(({ audienceId }) => audienceId)).toEqual(
      audiences.map(({ id }) => id),
    );
    const kindsOf = (audience: string) =>
      content.paths.find((path) => path.audienceId === audience)!.items.map(({ kind }) => kind);
    expect(kindsOf("explorers")).toEqual(expect.arrayContaining(["EXPLANATION", "EXAMPLE"]));
    const withTemplates = content.paths[1]!.items.filter(({ template }) => template);
    expect(withTemplates.length).toBeGreaterThanOrEqual(3);
    expect(kindsOf("practitioners")).toContain("TECHNICAL");
    expect(kindsOf("stalled")).toContain("DIAGNOSIS");
    expect(new Set(questions.map(({ blocker }) => blocker))).toEqual(new Set(order));
  });

  test("is in both languages throughout", () => {
    const wrong: string[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      const { en, ar } = value as { en?: string; ar?: string };
      if (en === undefined) return Object.values(value).forEach(walk);
      const isArabic = /\p{Script=Arabic}/u;
      if (isArabic.test(en) || !isArabic.test(ar ?? "")) wrong.push(en);
    };
    walk(content);
    expect(wrong).toEqual([]);
  });

  test("is refused when a reference leads nowhere or an id is there twice", () => {
    const refusal = (changed: object) =>
      toolkitContentSchema.safeParse({ ...content, ...changed }).error?.issues[0]?.message;
    expect(refusal({})).toBeUndefined();
    expect(refusal({ diagnosis: { ...content.diagnosis, clear: "nowhere" } })).toBe(
      'There is no step "nowhere".',
    );
    expect(refusal({ templates: content.templates.slice(1) })).toBe(
      'There is no template "problem-statement".',
    );
    expect(refusal({ templates: [...content.templates, content.templates[0]] })).toBe(
      'The template "problem-statement" is there twice.',
    );
  });
});

const client = (id: string, agencyId: string): Principal => ({
  kind: "agency",
  id,
  agencyId,
  scopes: [],
  policies: [],
});
const huda = client("cares-huda", "dubai-cares");
const ali = client("cares-ali", "dubai-cares");

const state = `revision edition audienceId doneItems metConditions savedBy
  decisions { pointId optionId } answers { questionId answer } nextItem { id }
  diagnosis { blocker nextStep { id } }`;
const save = `mutation($input: ToolkitProgressInput!) { saveToolkitProgress(input: $input) { __typename
  ... on ToolkitProgress { ${state} }
  ... on ToolkitProgressConflict { code message { en ar } current { ${state} } } } }`;

describe.each(databases)("the toolkit on $kind", ({ kind }) => {
  let started: StartedSubgraph;
  beforeAll(async () => {
    started = await startSubgraph(subgraph, kind);
  });
  afterAll(() => started[Symbol.asyncDispose]());

  const saveAs = async (principal: Principal, input: object) => {
    const { data, errors } = await started.ask(save, { principal, variables: { input } });
    return errors ? errors[0]! : data.saveToolkitProgress;
  };

  test("gives each audience its path by two statements, to be kept for an hour", async () => {
    started.database.statements.length = 0;
    const { body, headers } = await started.send(
      "{ toolkitAudiences { id path { id kind title { en } template { id text { ar } } decisionPoint { id } foundation { id conditions { id } } } } }",
    );
    expect(started.database.statements).toHaveLength(2);
    expect(headers.get("cache-control")).toBe("max-age=3600, public");
    const paths = body.data.toolkitAudiences.map(({ path }: any) => path);
    expect(paths.map((path: any) => path[0].id)).toEqual([
      "explorers-what",
      "institutions-purpose",
      "practitioners-catalogue",
      "stalled-diagnose",
    ]);
    expect(paths[1][0].template.id).toBe("purpose-and-basis");
    expect(paths[1][0].foundation.conditions).toHaveLength(3);
  });

  test("shows decision points, foundations, templates and questions of the newest edition", async () => {
    const { data } = await started.ask(
      "{ toolkit { version decisionPoints { id question { ar } options { id } } foundations { id } templates { id } questions { id blocker text { en } } } }",
    );
    expect(data.toolkit.version).toBe(1);
    expect(data.toolkit.decisionPoints.map(({ id }: any) => id)).toEqual([
      "value",
      "data",
      "actors",
      "infrastructure",
      "access",
      "governance",
    ]);
    expect(data.toolkit.questions).toHaveLength(questions.length);
  });

  test("diagnoses for anybody, and says what is wrong with answers that cannot be", async () => {
    const query = `query($answers: [ToolkitAnswerInput!]!) { toolkitDiagnosis(answers: $answers) {
      blocker becauseOf edition severities { blocker percent }
      nextStep { id owner { en } withinDays template { id } foundation { id } } } }`;
    const ask = (answers: object[]) => started.ask(query, { variables: { answers } });
    const yes = questions.map(({ id }) => ({ questionId: id, answer: "YES" }));
    expect((await ask(yes)).data.toolkitDiagnosis).toMatchObject({
      blocker: null,
      becauseOf: null,
      nextStep: { id: "send-request" },
    });
    const stuck = yes.map((one) =>
      one.questionId === "people-answer" ? { ...one, answer: "NO" } : one,
    );
    expect((await ask(stuck)).data.toolkitDiagnosis).toMatchObject({
      blocker: "TRUST",
      becauseOf: "people-answer",
      nextStep: { id: "name-people", template: { id: "blocker-card" }, withinDays: 7 },
    });
    for (const answers of [[{ questionId: "x", answer: "NO" }], [yes[0]!, yes[0]!]]) {
      const { errors } = await ask(answers);
      expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    }
  });

  test("keeps an organisation's progress, for its own people only", async () => {
    const first = await saveAs(huda, {
      basedOnRevision: 0,
      audienceId: "institutions",
      doneItems: ["institutions-purpose"],
      metConditions: ["legal-basis"],
      decisions: [{ pointId: "access", optionId: "tables" }],
      answers: [{ questionId: "basis-named", answer: "NO" }],
    });
    expect(first).toMatchObject({
      __typename: "ToolkitProgress",
      revision: 1,
      savedBy: "cares-huda",
      nextItem: { id: "institutions-class" },
      diagnosis: { blocker: "LEGAL", nextStep: { id: "name-basis" } },
    });
    const read = async (principal: Principal) =>
      (await started.send(`{ toolkitProgress { ${state} } }`, { principal })).body;
    expect((await read(ali)).data.toolkitProgress).toMatchObject({
      revision: 1,
      doneItems: ["institutions-purpose"],
    });
    expect((await read(staff.noor)).data.toolkitProgress).toBeNull();
    const person: Principal = { kind: "person", id: "person-amal", scopes: [], policies: [] };
    expect((await read(person)).errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    expect(
      (await started.ask("{ toolkitProgress { revision } }")).errors?.[0]?.extensions.code,
    ).toBe("UNAUTHENTICATED");
    const { headers } = await started.send("{ toolkitProgress { revision } }", { principal: huda });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("never lets a colleague's save be overwritten: of many at once, one goes through", async () => {
    const input = { basedOnRevision: 1, audienceId: "stalled" };
    const told = await Promise.all(
      Array.from({ length: 8 }, (_, index) => saveAs(index % 2 ? huda : ali, input)),
    );
    expect(told.filter((one) => one.__typename === "ToolkitProgress")).toHaveLength(1);
    const conflicts = told.filter((one) => one.__typename === "ToolkitProgressConflict");
    expect(conflicts).toHaveLength(7);
    for (const { code, current } of conflicts) {
      expect(code).toBe("PROGRESS_CHANGED");
      expect(current).toMatchObject({ revision: 2, audienceId: "stalled" });
    }
    expect(await saveAs(huda, { ...input, basedOnRevision: 0 })).toMatchObject({
      code: "PROGRESS_CHANGED",
    });
    expect(await saveAs(staff.noor, { ...input, basedOnRevision: 4 })).toMatchObject({
      code: "PROGRESS_CHANGED",
      current: null,
    });
  });

  test.each([
    [{ audienceId: "nobody" }, '`audienceId` names "nobody"'],
    [{ doneItems: ["nothing"] }, '`doneItems` names "nothing"'],
    [{ doneItems: ["stalled-owner", "stalled-owner"] }, "something twice"],
    [{ metConditions: ["luck"] }, '`metConditions` names "luck"'],
    [{ decisions: [{ pointId: "access", optionId: "copy" }] }, '`decisions` names "copy"'],
    [{ answers: [{ questionId: "why", answer: "YES" }] }, 'no question "why"'],
  ])("refuses %j", async (wrong, message) => {
    const refused = await saveAs(huda, { basedOnRevision: 2, audienceId: "stalled", ...wrong });
    expect(refused.extensions?.code).toBe("BAD_USER_INPUT");
    expect(refused.message).toContain(message);
  });

  // Editions cannot be taken back: this is the last test here.
  test("shows a new edition to everybody at once, and keeps progress that was made in the old one", async () => {
    const { db } = started.database;
    const dropped = content.diagnosis.questions.slice(1);
    const first = content.paths.map((path) => ({ ...path, items: path.items.slice(1) }));
    const next = toolkitContentSchema.parse({
      ...content,
      paths: first,
      diagnosis: {
        ...content.diagnosis,
        questions: dropped,
      },
    });
    const input = {
      audienceId: "institutions",
      doneItems: ["institutions-purpose"],
      answers: [
        { questionId: "basis-named", answer: "NO" },
        { questionId: "time-given", answer: "NO" },
      ],
    };
    await saveAs(staff.tadweer, { basedOnRevision: 0, ...input });
    await db
      .insertInto("toolkit_edition")
      .values({
        version: 2,
        published_on: "2027-10-01",
        review_on: "2028-10-01",
        content: JSON.stringify(next),
      })
      .execute();
    const { data } = await started.ask(
      `{ toolkit { version questions { id } } toolkitProgress { ${state} } }`,
      { principal: staff.tadweer },
    );
    expect(data.toolkit.version).toBe(2);
    expect(data.toolkit.questions).toHaveLength(questions.length - 1);
    expect(data.toolkitProgress).toMatchObject({
      edition: 1,
      doneItems: ["institutions-purpose"],
      answers: input.answers,
      nextItem: { id: "institutions-class" },
      diagnosis: { blocker: "CAPACITY" },
    });
    await expect(
      db.updateTable("toolkit_edition").set({ review_on: "2030-01-01" }).execute(),
    ).rejects.toThrow("append-only");
  });
});
