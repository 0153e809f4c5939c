/**
 * Identical work under way is done once: who asks for what somebody is already being answered gets the
 * same answer. Only for reads; after a write nothing that began before it is joined any more.
 */

export type InFlight<Answer> = {
  /**
   * @param key What makes two requests the same, the principal among it.
   * @param signal Aborted when this one no longer waits.
   * @param run Given a signal that is aborted when nobody waits any more.
   */
  readonly join: (
    key: string,
    signal: AbortSignal,
    run: (signal: AbortSignal) => Promise<Answer>,
  ) => Promise<Answer>;
  /** Who asks from now on gets an answer that began from now on. */
  readonly forget: () => void;
};

type Flight<Answer> = {
  readonly startMs: number;
  readonly answer: Promise<Answer>;
  readonly enter: (signal: AbortSignal) => void;
};

/** A flight is joined for so long: its deadline is that of the one who began it. */
const joinableMs = 1_000;

export function createInFlight<Answer>(clock: () => number): InFlight<Answer> {
  let flights = new Map<string, Flight<Answer>>();

  function start(run: (signal: AbortSignal) => Promise<Answer>, end: () => void): Flight<Answer> {
    const controller = new AbortController();
    let waiting = 0;
    let isOver = false;
    const answer = run(controller.signal).finally(() => {
      isOver = true;
      end();
    });
    const enter = (signal: AbortSignal): void => {
      waiting += 1;
      const leave = (): void => {
        waiting -= 1;
        if (waiting > 0 || isOver) return;
        end();
        controller.abort(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      const settle = () => signal.removeEventListener("abort", leave);
      answer.then(settle, settle);
    };
    return { startMs: clock(), answer, enter };
  }

  return {
    join(key, signal, run) {
      const known = flights.get(key);
      const isJoinable = known !== undefined && clock() - known.startMs < joinableMs;
      const all = flights;
      const flight: Flight<Answer> = isJoinable
        ? known
        : start(run, () => {
            if (all.get(key) === flight) all.delete(key);
          });
      all.set(key, flight);
      flight.enter(signal);
      return flight.answer;
    },
    forget() {
      flights = new Map();
    },
  };
}
