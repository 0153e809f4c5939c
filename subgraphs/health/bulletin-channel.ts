/** The channel of PostgreSQL's NOTIFY that tells of each committed change of a bulletin. */
export const bulletinChannel = "health_bulletin";
