/** One slow sender must not hold up the others: a server that reads one request at a time does. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Check, failed, passed } from "../check.ts";
import { openSocket } from "../raw-socket.ts";
import { describe } from "../subject.ts";

/** Until the half of a request is there. */
const arrivalMs = 200;
const patienceMs = 3_000;

export const timeoutsSlowSender: Check = {
  name: "timeouts-slow-sender",
  rule: "While another's body is still on its way, a request is answered.",
  async run({ prepare, ask, probe }) {
    await using socket = await openSocket(prepare(probe));
    const text = socket.whole(prepare(probe));
    await socket.write(text.slice(0, -10));
    await sleep(arrivalMs);
    const late = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), patienceMs).unref();
    });
    const answer = await Promise.race([ask(probe).catch(() => undefined), late]);
    if (answer?.status === 200) return passed("answered meanwhile");
    return failed(
      answer ? describe(answer) : `no answer within ${patienceMs} ms`,
      "Serve requests side by side: an asynchronous server, or a thread for each.",
    );
  },
};
