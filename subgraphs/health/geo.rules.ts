/**
 * Places and distances on a sphere of the earth's mean radius; against the real ellipsoid that errs by up to
 * 0.6 %. PostgreSQL's earthdistance has a sphere of its own, a little larger: what is asked of it is converted.
 */
import { badUserInput } from "../kit/errors.ts";

/** Metres: the mean radius R₁ of the International Union of Geodesy and Geophysics (Moritz, 2000). */
export const earthRadius = 6_371_008.8;

/** Metres; `select earth()`. */
const databaseRadius = 6_378_168;

export const maxRadiusMeters = 50_000;

/** Degrees, WGS 84. */
export type Place = { readonly latitude: number; readonly longitude: number };

/** About a tenth of a millimetre: what is nearer to 0 is 0, or PostgreSQL's trigonometry underflows. */
export const finestDegrees = 1e-9;

const toRadians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in metres, by the haversine formula. */
export function distanceMeters(a: Place, b: Place): number {
  const haversine = (degrees: number): number => Math.sin(toRadians(degrees) / 2) ** 2;
  const h =
    haversine(b.latitude - a.latitude) +
    Math.cos(toRadians(a.latitude)) *
      Math.cos(toRadians(b.latitude)) *
      haversine(b.longitude - a.longitude);
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The database's metres along the surface for so many metres. */
export const databaseMeters = (meters: number): number => (meters * databaseRadius) / earthRadius;

/** The database's metres straight through the earth between places so many metres apart along its surface. */
export const chordMeters = (meters: number): number =>
  2 * databaseRadius * Math.sin(meters / (2 * earthRadius));

function requireWithin(
  name: string,
  value: number,
  least: number,
  most: number,
  unit: string,
): void {
  if (value >= least && value <= most) return;
  // The value stays out of the message: where somebody is belongs in no log.
  throw badUserInput(`\`${name}\` must be from ${least} to ${most} ${unit}.`, { argument: name });
}

const coarse = (degrees: number): number => (Math.abs(degrees) < finestDegrees ? 0 : degrees);

/** @throws GraphQLError BAD_USER_INPUT when the place is not on earth. */
export function requirePlace({ latitude, longitude }: Place): Place {
  requireWithin("location.latitude", latitude, -90, 90, "degrees");
  requireWithin("location.longitude", longitude, -180, 180, "degrees");
  return { latitude: coarse(latitude), longitude: coarse(longitude) };
}

/** @throws GraphQLError BAD_USER_INPUT when the radius is not from 1 m to 50 km. */
export function requireRadius(radiusMeters: number): number {
  requireWithin("radiusMeters", radiusMeters, 1, maxRadiusMeters, "metres");
  return radiusMeters;
}
