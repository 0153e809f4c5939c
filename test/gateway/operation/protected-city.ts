/** A small city with a rule in every place, and what its authorizer says, in short form. */
import { print } from "graphql";
import type { Authorization } from "../../../gateway/operation/authorize.ts";
import { refusal } from "../../../gateway/operation/forbidden.ts";
import type { Principal } from "../../../platform/principal.ts";
import { authorizerOf, compose } from "./composed.ts";

const city = compose(`
  type Query {
    agency(id: ID): Agency
    agencies(first: Int): [[Agency!]!]!
    secret: String @authenticated
    audit(first: Int): [Entry] @requiresScopes(scopes: [["audit:read", "staff"], ["root"]])
    record: Record
    item: Item
    me: Person
    salary: Money
    level: Level
    grouped: Group
  }
  type Mutation { pay(bill: ID): Receipt  close: Receipt @policy(policies: [["closer"]]) }
  type Agency {
    id: ID name: String
    bills(first: Int, after: String): [Bill] @requiresScopes(scopes: [["billing:read"]])
    owner: Person
    records: [Record]
    group: Group
  }
  type Person @authenticated { id: ID name: String card: String @policy(policies: [["own"]]) }
  type Bill { id: ID amount: Int due: String @authenticated }
  type Entry { id: ID }
  interface Record { id: ID amount: Int group: Group }
  type Fine implements Record { id: ID amount: Int group: Group plate: String }
  type Seizure implements Record @requiresScopes(scopes: [["court"]]) { id: ID amount: Int group: Group }
  type Fee implements Record { id: ID amount: Int @authenticated group: Vip }
  interface Group { title: String }
  type Crowd implements Group { title: String }
  type Vip implements Group @policy(policies: [["vip"]]) { title: String }
  union Item = Fine | Seizure | Person
  scalar Money @requiresScopes(scopes: [["money"]])
  enum Level @authenticated { LOW }
  type Receipt { id: ID bill: Bill total: Money }
`);
export const run = authorizerOf(city);

export const compact = (source: string): string => source.replace(/[\s,]+/g, " ").trim();

/** What is left to run, and the coordinates that are forbidden. */
export function outcome(verdict: Authorization) {
  if (verdict.kind === "allowed") return "allowed";
  return {
    left: verdict.document && compact(print(verdict.document)),
    forbidden: verdict.forbidden.map(({ coordinate }) => coordinate),
  };
}
export const left = (verdict: Authorization) => {
  const found = outcome(verdict);
  return found === "allowed" ? found : found.left;
};

/** The error of an operation in mode "refuse". */
export function refuse(source: string, variables = {}, who?: Principal) {
  const verdict = run(source, who);
  return verdict.kind === "filtered" ? refusal(verdict.forbidden, variables) : undefined;
}
