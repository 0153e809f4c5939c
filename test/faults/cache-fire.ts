/**
 * Attacks Redis, and what else is named, at random moments while something runs.
 * @param restMs Between two attacks at least; up to four times that.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Attack, openTarget, type Target } from "./cache-attacks.ts";
import { createRandom } from "./cache-model.ts";

type Run<Report> = (
  target: Target,
  pick: (below: number) => number,
  alsoAttack: (attack: Attack) => void,
) => Promise<Report>;

export async function underFire<Report>(
  kind: Target["kind"],
  seed: number,
  restMs: number,
  run: Run<Report>,
) {
  const random = createRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const target = await openTarget(kind, pick);
  const attacks = [...target.attacks];
  const attacked = new Map<string, number>();
  let isOver = false;
  const fire = async () => {
    while (!isOver) {
      await sleep(restMs + pick(3 * restMs));
      const attack = attacks[pick(attacks.length)];
      if (!attack || isOver) continue;
      // A server that is down already cannot be asked to do anything.
      await attack.run().catch(() => undefined);
      attacked.set(attack.name, (attacked.get(attack.name) ?? 0) + 1);
    }
  };
  const firing = fire();
  try {
    const report = await run(target, pick, (attack) => void attacks.push(attack));
    return { report, attacked: Object.fromEntries(attacked) };
  } finally {
    isOver = true;
    await firing;
    await target.close();
  }
}
