/** Time is a parameter: rules and tests are given a clock, only entry points take the system's. */

/** Milliseconds since the Unix epoch. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
