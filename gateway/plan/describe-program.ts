/** A program as text for people: requests by level, what each asks, and where its entities are. */
import { parse, print } from "graphql";
import type { Place } from "./place.ts";
import type { EntityGroup, EntityStep, Program, RootStep } from "./program.ts";
import { queryOf, type RequestText } from "./request-text.ts";

/** `users.reviews.product`; the beginning of the data is `(root)`. */
export function pathOf(place: Place): string {
  const keys: string[] = [];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) keys.unshift(at.key);
  return keys.join(".") || "(root)";
}

const indent = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

const prettyQueryOf = (text: RequestText): string => print(parse(queryOf(text)));

const conditionsOf = ({ conditions }: RootStep | EntityStep): string =>
  conditions.map(({ variable, value }) => ` if $${variable} is ${String(value)}`).join("");

function describeRoot(step: RootStep): string {
  return `${step.node.serviceName}${conditionsOf(step)}\n${indent(prettyQueryOf(step.text), "  ")}`;
}

function describeGroup(group: EntityGroup, steps: readonly EntityStep[]): string {
  const all = group.asks.map((_ask, index) => index);
  const places = steps.map(
    (step) => `  entities at ${pathOf(step.place)}${conditionsOf(step)} (ask ${step.ask})`,
  );
  return [group.subgraph, ...places, indent(prettyQueryOf(group.textFor(all)), "  ")].join("\n");
}

/** What each program sends when every step finds something to ask for. */
export function describePrograms(programs: readonly Program[]): string {
  const parts = programs.map(({ steps, groups }) => {
    const requests = [
      ...steps
        .filter((step) => step.kind === "root")
        .map((step) => ({ level: step.level, text: describeRoot(step) })),
      ...groups.map((group, index) => {
        const own = steps.filter((step) => step.kind === "entities" && step.group === index);
        const level = Math.max(...own.map((step) => step.level));
        return { level, text: describeGroup(group, own as readonly EntityStep[]) };
      }),
    ];
    const levels = [...Map.groupBy(requests, ({ level }) => level)].toSorted(
      ([one], [other]) => one - other,
    );
    const count = `${requests.length} ${requests.length === 1 ? "request" : "requests"}`;
    const told = levels.map(
      ([level, all]) => `level ${level}\n${all.map(({ text }) => indent(text, "  ")).join("\n")}`,
    );
    return [`${count} on ${levels.length} levels`, ...told].join("\n\n");
  });
  return parts.join("\n\nbeside it\n\n");
}
