/**
 * Who may correct a facility's opening hours, and what hours may be given: a principal and a text →
 * what is stored, or a refusal that names the place in the text.
 */
import { GraphQLError } from "graphql";
import type { Principal } from "../../platform/principal.ts";
import { badUserInput, requirePrincipal } from "../kit/errors.ts";
import { type CompiledHours, compileHours, type HoursTexts } from "./hours-compilation.rules.ts";
import { OpeningHoursSyntaxError, parseOpeningHours } from "./opening-hours-text.rules.ts";

export const hoursScope = "facilities:write";
export const maxHoursLength = 500;

const forbidden = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "FORBIDDEN" } });

/**
 * The agency for which the principal corrects hours.
 * @throws GraphQLError UNAUTHENTICATED, or FORBIDDEN for people, operators and clients without the scope.
 */
export function requireHoursAgency(principal: Principal | undefined): string {
  const { kind, agencyId, scopes } = requirePrincipal(principal);
  if (kind !== "agency" || agencyId === undefined) {
    throw forbidden("Only the agency that licensed a facility corrects its opening hours.");
  }
  if (scopes.includes(hoursScope)) return agencyId;
  throw forbidden(`Correcting opening hours needs the scope ${hoursScope}.`);
}

/** @throws GraphQLError FORBIDDEN when another agency licensed the facility. */
export function requireLicensedBy(
  agencyId: string,
  facility: { readonly agency_id: string },
): void {
  if (facility.agency_id === agencyId) return;
  throw forbidden("Another agency licensed this facility: only that one corrects its hours.");
}

export type StoredHours = HoursTexts & Pick<CompiledHours, "stored" | "seasons">;

/**
 * @param name of the argument.
 * @throws GraphQLError BAD_USER_INPUT; `extensions.position` counts the text's characters from 1,
 *   after spaces around it are taken off.
 */
function readText(name: string, given: string): string {
  const text = given.trim();
  if (text.length > maxHoursLength) {
    throw badUserInput(
      `\`${name}\` may have up to ${maxHoursLength} characters, not ${text.length}.`,
      { argument: name },
    );
  }
  try {
    parseOpeningHours(text);
  } catch (error) {
    if (!(error instanceof OpeningHoursSyntaxError)) throw error;
    throw badUserInput(error.message, { argument: name, position: error.position });
  }
  return text;
}

/**
 * @param ramadanHours null when nothing differs in Ramadan.
 * @throws GraphQLError BAD_USER_INPUT as `readText` does.
 */
export function readHours(hours: string, ramadanHours: string | null): StoredHours {
  const texts = {
    hours_text: readText("hours", hours),
    ramadan_hours_text: ramadanHours === null ? null : readText("ramadanHours", ramadanHours),
  };
  const { stored, seasons } = compileHours(texts);
  return { ...texts, stored, seasons };
}
