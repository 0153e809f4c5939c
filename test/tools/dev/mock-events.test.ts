import { expect, test } from "vitest";
import { mockEvents } from "../../../tools/dev/mock-events.ts";

test("the first event comes at once, and each is another one", async () => {
  const seeds: string[] = [];
  for await (const { __seed } of mockEvents("Subscription.changed{}", 1)) {
    seeds.push(__seed);
    if (seeds.length === 3) break;
  }
  expect(seeds).toEqual([0, 1, 2].map((number) => `Subscription.changed{}[${number}]`));
});

test("who leaves in the middle of a pause ends it there", async () => {
  const anHourMs = 3_600_000;
  const events = mockEvents("Subscription.changed{}", anHourMs)[Symbol.asyncIterator]();
  await events.next();
  const next = events.next();
  await events.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
});
