/**
 * Noise for differential privacy: exact samples of the discrete Laplace distribution, by whole numbers
 * only, so that no rounding of floating point leaks (Canonne, Kamath, Steinke: The Discrete Gaussian
 * for Differential Privacy, 2020, algorithms 1 and 2). P(x) is proportional to exp(-|x| epsilon / sensitivity);
 * a figure that one person changes by at most `sensitivity` is then epsilon-differentially private.
 */
import { randomInt } from "node:crypto";

/** A whole number from 0 to below `max`, every one as likely. */
export type RandomBelow = (max: number) => number;

/** True with the probability exp(-numerator / denominator), for a quotient from 0 to 1. */
function flipExp(numerator: number, denominator: number, random: RandomBelow): boolean {
  let rounds = 1;
  while (random(denominator * rounds) < numerator) rounds += 1;
  return rounds % 2 === 1;
}

export type NoiseScale = {
  /** Thousandths of epsilon; a whole number from 1. */
  readonly milliEpsilon: number;
  /** By how much one person can change the figure; a whole number from 1 to 10,000,000. */
  readonly sensitivity: number;
};

/** @param random Cryptographic unless a test gives another. */
export function discreteLaplace(
  { milliEpsilon, sensitivity }: NoiseScale,
  random: RandomBelow = randomInt,
): number {
  const scale = 1_000 * sensitivity;
  for (;;) {
    const offset = random(scale);
    if (!flipExp(offset, scale, random)) continue;
    let turns = 0;
    while (flipExp(1, 1, random)) turns += 1;
    const size = Math.floor((offset + scale * turns) / milliEpsilon);
    const isNegative = random(2) === 1;
    // Nought has one sign only, or it would come twice as often as it should.
    if (isNegative && size === 0) continue;
    return isNegative ? -size : size;
  }
}

/** Half the width of the interval that holds the true figure with a probability of 95 %. */
export function marginOf({ milliEpsilon, sensitivity }: NoiseScale): number {
  const ratio = Math.exp(-milliEpsilon / (1_000 * sensitivity));
  // P(|X| > m) = 2 ratio^(m+1) / (1 + ratio)
  return Math.max(0, Math.ceil(Math.log(0.025 * (1 + ratio)) / Math.log(ratio)) - 1);
}
