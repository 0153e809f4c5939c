import { describe, expect, test } from "vitest";
import { createInFlight } from "../../../gateway/operation/in-flight.ts";

const never = new AbortController().signal;

/** Work that is finished by hand. */
function work() {
  const runs: { signal: AbortSignal; finish: (answer: string) => void; fail: () => void }[] = [];
  const run = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      runs.push({ signal, finish: resolve, fail: () => reject(new Error("failed")) });
    });
  return { runs, run };
}

describe("equal work under way", () => {
  test("is done once, and everybody gets its answer", async () => {
    const { join } = createInFlight<string>(() => 0);
    const { runs, run } = work();
    const answers = Promise.all([
      join("a", never, run),
      join("a", never, run),
      join("b", never, run),
    ]);
    expect(runs).toHaveLength(2);
    runs[0]?.finish("one");
    runs[1]?.finish("two");
    expect(await answers).toEqual(["one", "one", "two"]);
  });

  test("is begun anew once it has ended, well or badly", async () => {
    const { join } = createInFlight<string>(() => 0);
    const { runs, run } = work();
    const first = join("a", never, run);
    runs[0]?.fail();
    await expect(first).rejects.toThrow("failed");
    const second = join("a", never, run);
    runs[1]?.finish("well");
    await second;
    void join("a", never, run);
    expect(runs).toHaveLength(3);
  });

  test("goes on while somebody waits, and is told to end when nobody does", () => {
    const { join } = createInFlight<string>(() => 0);
    const { runs, run } = work();
    const [one, other] = [new AbortController(), new AbortController()];
    void join("a", one.signal, run);
    void join("a", other.signal, run);
    one.abort();
    expect(runs[0]?.signal.aborted).toBe(false);
    other.abort();
    expect(runs[0]?.signal.aborted).toBe(true);
    void join("a", never, run);
    expect(runs).toHaveLength(2);
  });

  test("is not joined after a write: it may have begun before it", async () => {
    const { join, forget } = createInFlight<string>(() => 0);
    const { runs, run } = work();
    const before = join("a", never, run);
    forget();
    const after = join("a", never, run);
    expect(runs).toHaveLength(2);
    runs[0]?.finish("old");
    runs[1]?.finish("new");
    expect([await before, await after]).toEqual(["old", "new"]);
  });

  test("is not joined when it is about to reach its own deadline", () => {
    let nowMs = 0;
    const { join } = createInFlight<string>(() => nowMs);
    const { runs, run } = work();
    void join("a", never, run);
    nowMs = 999;
    void join("a", never, run);
    expect(runs).toHaveLength(1);
    nowMs = 1_000;
    void join("a", never, run);
    expect(runs).toHaveLength(2);
  });
});
