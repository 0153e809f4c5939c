/** What the resolvers of this subgraph can reach, made anew for each request. */
import { randomInt } from "node:crypto";
import { uuidv7 } from "uuidv7";
import { cityCalendar } from "../kit/city-calendar.ts";
import { cityDateOf } from "../kit/city-date.ts";
import type { BaseContext } from "../kit/define-subgraph.ts";
import type { ServicesCompanion } from "./companion.ts";
import { createLoaders, type Loaders } from "./loaders.ts";
import { type CheckAnswers, createCheckAnswers } from "./request-form.ts";
import type { RequestDeps } from "./request-step.ts";
import type { ServicesTables } from "./tables.ts";

export type ServicesContext = BaseContext<ServicesTables> & {
  readonly loaders: Loaders;
  readonly checkAnswers: CheckAnswers;
  /** That somebody looked at a service; counted where a companion was started. */
  readonly countView: (serviceId: string) => void;
  /** What moves requests, at this moment. */
  readonly requestDeps: () => RequestDeps;
};

/** Letters and digits that nobody takes for one another on the telephone (Crockford's base 32). */
const referenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const referenceLength = 10;

/** `GDRFA-2026-7K3M9QX2TB`: short enough to be read out, and not to be guessed. */
function newReference(agencyId: string, now: Date): string {
  const letters = Array.from({ length: referenceLength }, () =>
    referenceAlphabet.charAt(randomInt(referenceAlphabet.length)),
  );
  return `${agencyId.toUpperCase()}-${cityDateOf(now).slice(0, 4)}-${letters.join("")}`;
}

/** One for the process: it keeps compiled forms. */
const checkAnswers = createCheckAnswers();

export const createContext = (
  base: BaseContext<ServicesTables>,
  companion?: ServicesCompanion,
): ServicesContext => ({
  ...base,
  countView: (serviceId) => companion?.uses.countView(serviceId),
  loaders: createLoaders(base.db, base.principal),
  checkAnswers,
  requestDeps: () => {
    const now = new Date(base.clock());
    return {
      now,
      newId: () => `req_${uuidv7()}`,
      newReference: (agencyId) => newReference(agencyId, now),
      calendar: cityCalendar,
      checkAnswers,
    };
  },
});
