/** An operation that has been here before is answered as it was the first time, whatever is asked of it. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type City, people, startCity } from "../support/city.ts";

let city: City;
beforeAll(async () => {
  city = await startCity({ kind: "pglite" });
});
afterAll(() => city[Symbol.asyncDispose]());

async function post(body: object, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(city.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: (await response.json()) as any,
  };
}

/** The same three times: by the long way, by the short one, and once more. */
async function thrice(ask: () => Promise<unknown>) {
  const [first, second, third] = [await ask(), await ask(), await ask()];
  expect(second).toEqual(first);
  expect(third).toEqual(first);
  return first as Awaited<ReturnType<typeof post>>;
}

describe("the second time as the first", () => {
  test("an answer", async () => {
    const query = '{ agency(id: "dewa") { id name { en } } }';
    const { body } = await thrice(() => post({ query }));
    expect(body.data.agency.id).toBe("dewa");
  });

  test("wrong variables", async () => {
    const query = "query ($id: ID!) { agency(id: $id) { id } }";
    await post({ query, variables: { id: "dewa" } });
    const { body } = await thrice(() => post({ query, variables: {} }));
    expect(body.errors[0].extensions.code).toBe("BAD_USER_INPUT");
  });

  test("an operation that the document does not have", async () => {
    const query = 'query A { agency(id: "dewa") { id } } query B { agency(id: "rta") { id } }';
    expect((await post({ query, operationName: "A" })).body.data.agency.id).toBe("dewa");
    expect((await post({ query, operationName: "B" })).body.data.agency.id).toBe("rta");
    const { body } = await thrice(() => post({ query, operationName: "C" }));
    expect(body.errors[0].extensions.code).toBe("OPERATION_RESOLUTION_FAILURE");
    const { body: unnamed } = await thrice(() => post({ query }));
    expect(unnamed.errors[0].extensions.code).toBe("OPERATION_RESOLUTION_FAILURE");
  });

  test("fields that only some may see, for everybody who asks", async () => {
    const query = '{ me { id } agency(id: "dewa") { bills(first: 1) { totalCount } } }';
    const anonymous = await city.ask(query);
    const dewa = await city.ask(query, { as: people.dewa });
    const amal = await city.ask(query, { as: people.amal });
    expect(amal.data?.["me"]).toEqual({ id: people.amal.id });
    for (const _again of [1, 2]) {
      expect(await city.ask(query)).toEqual(anonymous);
      expect(await city.ask(query, { as: people.dewa })).toEqual(dewa);
      expect(await city.ask(query, { as: people.amal })).toEqual(amal);
    }
    expect(anonymous.data?.["me"]).toBeNull();
  });

  test("a mutation by GET is refused, also when it is known", async () => {
    const query =
      'mutation { payBill(input: { billId: "none", expectedAmount: 1, idempotencyKey: "short-way" }) { __typename } }';
    await post({ query });
    const url = `${city.url}?query=${encodeURIComponent(query)}`;
    const statuses: number[] = [];
    for (const _again of [1, 2])
      statuses.push((await fetch(url, { headers: { accept: "application/json" } })).status);
    expect(statuses).toEqual([405, 405]);
  });

  test("a persisted query by its hash alone", async () => {
    const query = '{ agency(id: "salik") { id } }';
    const sha256Hash = createHash("sha256").update(query).digest("hex");
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    expect((await post({ extensions })).body.errors[0].extensions.code).toBe(
      "PERSISTED_QUERY_NOT_FOUND",
    );
    await post({ query, extensions });
    const { body } = await thrice(() => post({ extensions }));
    expect(body).toEqual({ data: { agency: { id: "salik" } } });
    const wrong = { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } };
    const { body: refused } = await thrice(() => post({ query, extensions: wrong }));
    expect(refused.errors[0].message).toContain("provided sha does not match query");
  });

  test("introspection, beside data", async () => {
    const query = '{ __typename __type(name: "Agency") { name } agency(id: "dha") { __typename } }';
    const { body } = await thrice(() => post({ query }));
    expect(body.data).toEqual({
      __typename: "Query",
      __type: { name: "Agency" },
      agency: { __typename: "Agency" },
    });
  });

  test("many at once get what each asked for", async () => {
    const query = "query ($id: ID!) { agency(id: $id) { id } }";
    const ids = ["dewa", "rta", "dha", "salik"];
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        post({ query, variables: { id: ids[index % 4] } }).then(({ body }) => body.data.agency.id),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 60 }, (_, index) => ids[index % 4]));
  });
});
