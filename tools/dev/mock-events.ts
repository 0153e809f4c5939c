/**
 * What a mocked subscription tells: an event at once and one after each pause, until nobody listens. An
 * event is a seed from which `mockField` makes up its fields: each tells something else, and who
 * subscribes again is told the same.
 */
import { setTimeout as sleep } from "node:timers/promises";

export type MockEvent = { readonly __seed: string };

/** `return()` ends it at once, in the middle of a pause too. */
export function mockEvents(subscription: string, everyMs: number): AsyncIterable<MockEvent> {
  const left = new AbortController();
  async function* tell(): AsyncGenerator<MockEvent, void, undefined> {
    for (let number = 0; !left.signal.aborted; number += 1) {
      yield { __seed: `${subscription}[${number}]` };
      await sleep(everyMs, undefined, { signal: left.signal }).catch(() => {});
    }
  }
  const events = tell();
  const iterator: AsyncIterator<MockEvent, void, undefined> = {
    next: () => events.next(),
    return() {
      left.abort();
      return events.return();
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
