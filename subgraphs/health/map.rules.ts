/**
 * What a map shows: a box of latitudes and longitudes, and the grid by which a zoomed-out map counts
 * facilities. A box whose west lies east of its east crosses the antimeridian (±180°), as in GeoJSON
 * (RFC 7946, 5.2).
 */
import { badUserInput } from "../kit/errors.ts";

/** Degrees, WGS 84. */
export type Box = {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
};

export const maxZoom = 20;

/** Clusters of one answer at most; a screen shows far fewer. */
export const maxCells = 4_096;

const limits = { south: 90, north: 90, west: 180, east: 180 } as const;

/** @throws GraphQLError BAD_USER_INPUT when a side is not on earth, or south lies above north. */
export function requireBox({ south, west, north, east }: Box): Box {
  const box = { south, west, north, east };
  for (const [side, most] of Object.entries(limits)) {
    // Written so that NaN is refused as well.
    if (Math.abs(box[side as keyof Box]) <= most) continue;
    throw badUserInput(`\`box.${side}\` must be from -${most} to ${most} degrees.`, {
      argument: `box.${side}`,
    });
  }
  if (south <= north) return box;
  throw badUserInput("`box.south` must not lie above `box.north`: exchange them.", {
    argument: "box.south",
  });
}

/** Degrees from west to east. */
export const widthOf = ({ west, east }: Box): number => (west <= east ? 0 : 360) + east - west;

/** Degrees of a cell's side: a quarter of a map tile of that zoom, and whole fractions of 360. */
export const cellDegrees = (zoom: number): number => 90 / 2 ** zoom;

/** @throws GraphQLError BAD_USER_INPUT when the box holds more cells than one answer may. */
export function requireGrid(box: Box, zoom: number): number {
  if (!(zoom >= 0 && zoom <= maxZoom)) {
    throw badUserInput(`\`zoom\` must be from 0 to ${maxZoom}.`, { argument: "zoom" });
  }
  const cell = cellDegrees(zoom);
  const cells =
    (Math.floor(widthOf(box) / cell) + 2) * (Math.floor((box.north - box.south) / cell) + 2);
  if (cells <= maxCells) return cell;
  throw badUserInput(
    `\`box\` is too large for zoom ${zoom}: it has more than ${maxCells} cells. Give a smaller zoom or box.`,
    { argument: "zoom" },
  );
}
