import { expect, test } from "vitest";
import { createBreaker } from "../../../gateway/cache/breaker.ts";

function create() {
  let nowMs = 0;
  const changes: boolean[] = [];
  const breaker = createBreaker({
    timeoutMs: 5,
    failures: 3,
    openMs: 100,
    monotonicMs: () => nowMs,
    onChange: (open) => void changes.push(open),
  });
  return { breaker, changes, pass: (ms: number) => void (nowMs += ms) };
}
const fail = () => Promise.reject(new Error("no"));
const never = () => new Promise<string>(() => {});

test("a call that fails, throws or is late gives nothing", async () => {
  const { breaker } = create();
  expect(await breaker.run(async () => "yes")).toBe("yes");
  expect(await breaker.run(fail)).toBeUndefined();
  expect(await breaker.run(never)).toBeUndefined();
  expect(
    await breaker.run(() => {
      throw new Error("at once");
    }),
  ).toBeUndefined();
});

test("three failures in a row open it, two and a success do not", async () => {
  const { breaker, changes } = create();
  for (const call of [fail, fail, async () => "yes", fail, fail]) await breaker.run<unknown>(call);
  expect(breaker.isOpen()).toBe(false);
  await breaker.run(never);
  expect(breaker.isOpen()).toBe(true);
  expect(changes).toEqual([true]);
});

test("open, it calls nobody; later one call tries, and its result decides", async () => {
  const { breaker, changes, pass } = create();
  for (let times = 0; times < 3; times += 1) await breaker.run(fail);
  let calls = 0;
  const count = async () => {
    calls += 1;
  };
  await breaker.run(count);
  expect(calls).toBe(0);
  pass(101);
  const trial = breaker.run(never);
  await breaker.run(count);
  expect(calls).toBe(0);
  await trial;
  await breaker.run(count);
  expect(calls).toBe(0);
  pass(101);
  await breaker.run(count);
  await breaker.run(count);
  expect(calls).toBe(2);
  expect(changes).toEqual([true, false]);
});
