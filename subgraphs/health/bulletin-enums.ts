/** The enums of bulletins in the graph; their values are those of the database. */
import { registerEnumType } from "type-graphql";
import type { BulletinAudience, BulletinEventKind, BulletinSeverity } from "./tables.ts";

export const BulletinSeverityEnum = {
  INFO: "INFO",
  ADVISORY: "ADVISORY",
  WARNING: "WARNING",
  EMERGENCY: "EMERGENCY",
} as const satisfies { [Severity in BulletinSeverity]: Severity };

registerEnumType(BulletinSeverityEnum, {
  name: "BulletinSeverity",
  description: "How much a bulletin asks of people.",
  valuesConfig: {
    INFO: { description: "Good to know." },
    ADVISORY: { description: "Recommended to follow." },
    WARNING: { description: "Must be followed; daily life is restricted." },
    EMERGENCY: { description: "Must be followed at once by everybody." },
  },
});

export const BulletinAudienceEnum = {
  EVERYBODY: "EVERYBODY",
  TRAVELLERS: "TRAVELLERS",
  SCHOOLS: "SCHOOLS",
  BUSINESSES: "BUSINESSES",
  HEALTH_WORKERS: "HEALTH_WORKERS",
} as const satisfies { [Audience in BulletinAudience]: Audience };

registerEnumType(BulletinAudienceEnum, {
  name: "BulletinAudience",
  description: "Whom a bulletin is for.",
  valuesConfig: {
    EVERYBODY: { description: "Everybody in the city." },
    TRAVELLERS: { description: "Who arrives or leaves." },
    SCHOOLS: { description: "Pupils, students, parents, teachers." },
    BUSINESSES: { description: "Shops, restaurants, offices and their staff." },
    HEALTH_WORKERS: { description: "Who works in health care." },
  },
});

export const BulletinChangeKindEnum = {
  PUBLISHED: "PUBLISHED",
  CORRECTED: "CORRECTED",
  WITHDRAWN: "WITHDRAWN",
} as const satisfies { [Kind in BulletinEventKind]: Kind };

registerEnumType(BulletinChangeKindEnum, {
  name: "BulletinChangeKind",
  description: "What happened to a bulletin.",
  valuesConfig: {
    PUBLISHED: { description: "It is new." },
    CORRECTED: { description: "Its text or its time was put right." },
    WITHDRAWN: { description: "It does not hold any more." },
  },
});
