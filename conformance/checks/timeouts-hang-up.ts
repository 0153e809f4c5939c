/** The gateway hangs up when its client has, or time is over: that is nobody's error. */
import { type Check, failed, passed } from "../check.ts";
import { openSocket } from "../raw-socket.ts";
import { describe } from "../subject.ts";

const times = 20;

export const timeoutsHangUp: Check = {
  name: "timeouts-hang-up",
  rule: `After ${times} connections that were closed before the answer, the next request is answered.`,
  async run({ prepare, ask, probe }) {
    for (let turn = 0; turn < times; turn += 1) {
      await using socket = await openSocket(prepare(probe));
      const text = socket.whole(prepare(probe));
      await socket.write(turn % 2 === 0 ? text : text.slice(0, -5));
      socket.hangUp();
    }
    const after = await ask(probe);
    if (after.status === 200) return passed("answered");
    return failed(
      `\`${probe.query}\` got ${describe(after)}`,
      "Take a closed connection as the end of that request alone.",
    );
  },
};
