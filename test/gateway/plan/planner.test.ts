import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { compose } from "../../support/federation.ts";
import { prepareGraph } from "../../../gateway/supergraph/graph.ts";

const graph = prepareGraph(
  compose({
    a: {
      sdl: `type Query { item(id: ID!, size: Int): Item } type Item @key(fields: "id") { id: ID! name: String }`,
    },
    b: { sdl: `type Item @key(fields: "id") { id: ID! price: Int }` },
  }),
);
const plan = (query: string, name?: string) => graph.plan(parse(query), name);

describe("plans", () => {
  test("are made once for texts that differ in values only", () => {
    const one = plan('{ item(id: "1") { price } }');
    const other = plan('{ item(id: "2") { price } }');
    expect(other.programs).toBe(one.programs);
    expect([one.values, other.values]).toEqual([{ value0: "1" }, { value0: "2" }]);
    expect(plan('{ item(id: "2") { name } }').programs).not.toBe(one.programs);
    expect(plan('{ item(id: "2", size: 1) { price } }').programs).not.toBe(one.programs);
  });

  test("send texts without the client's operation name, so that all clients' requests are equal", () => {
    const [step] = plan('query MyScreen { item(id: "1") { price } }').programs[0]?.steps ?? [];
    expect(step?.kind === "root" && step.text.head).toBe(
      String.raw`{"query":"query($value0:ID!){item(id:$value0){__typename id}}","variables":{`,
    );
  });

  test("of several operations of a document are each their own", () => {
    const document = 'query A { item(id: "1") { name } } query B { item(id: "1") { price } }';
    expect(plan(document, "A").programs[0]?.steps).toHaveLength(1);
    expect(plan(document, "B").programs[0]?.steps).toHaveLength(2);
  });
});
