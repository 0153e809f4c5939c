/** The catalogue's fixed vocabularies, as clients see them; their values are those of tables.ts. */
import { registerEnumType } from "type-graphql";
import {
  agencyKinds,
  audiences,
  channelKinds,
  evidenceLevels,
  feeKinds,
  feePricings,
  serviceStatuses,
} from "./tables.ts";

export const enumOf = <const Value extends string>(values: readonly Value[]): { [V in Value]: V } =>
  Object.fromEntries(values.map((value) => [value, value])) as { [V in Value]: V };

export const AgencyKindEnum = enumOf(agencyKinds);
registerEnumType(AgencyKindEnum, {
  name: "AgencyKind",
  description: "Who stands behind an agency.",
  valuesConfig: {
    GOVERNMENT: { description: "A body of the city's government." },
    SEMI_GOVERNMENT: { description: "A company that the state owns wholly or in part." },
    FEDERAL: { description: "A body of the federal government." },
    PRIVATE: { description: "A private company." },
    CHARITY: { description: "A charity or a foundation." },
  },
});

export const EvidenceLevelEnum = enumOf(evidenceLevels);
registerEnumType(EvidenceLevelEnum, {
  name: "CatalogueEvidence",
  description:
    "How sure it is that an entry of the catalogue stood in the city's real app. It speaks of the entry's existence only: texts, channels, documents and times are written for this catalogue.",
  valuesConfig: {
    EVIDENCED: { description: "A public source names it as part of the city's app." },
    BRIEF: { description: "The public account of the app describes it, without all particulars." },
    SAMPLE: { description: "Made up as something such an agency would offer. Not official data." },
  },
});

export const AudienceEnum = enumOf(audiences);
registerEnumType(AudienceEnum, {
  name: "ServiceAudience",
  description: "Whom a service is for.",
  valuesConfig: {
    CITIZEN: { description: "Citizens of the country." },
    RESIDENT: { description: "Foreigners who live in the country." },
    VISITOR: { description: "People who are in the country for a visit." },
    BUSINESS: { description: "Companies and those who act for them." },
    PEOPLE_OF_DETERMINATION: {
      description: "People with disabilities, for whom something special is provided.",
    },
  },
});

export const ChannelKindEnum = enumOf(channelKinds);
registerEnumType(ChannelKindEnum, {
  name: "ServiceChannelKind",
  description: "A way to use a service.",
  valuesConfig: {
    APP: { description: "The city's app." },
    WEB: { description: "The agency's website." },
    PHONE: { description: "By telephone." },
    COUNTER: { description: "At a counter of the agency." },
    KIOSK: { description: "At a self-service machine." },
  },
});

export const FeeKindEnum = enumOf(feeKinds);
registerEnumType(FeeKindEnum, {
  name: "FeeKind",
  description: "What a line of a service's cost is.",
  valuesConfig: {
    FEE: { description: "The agency's own fee." },
    KNOWLEDGE_DIRHAM: {
      description: "Knowledge Dirham: AED 10 on government fees of AED 50 or more.",
    },
    INNOVATION_DIRHAM: {
      description: "Innovation Dirham: AED 10 on government fees of AED 50 or more.",
    },
    DEPOSIT: { description: "A deposit that is paid back when the service ends." },
  },
});

export const FeePricingEnum = enumOf(feePricings);
registerEnumType(FeePricingEnum, {
  name: "FeePricing",
  description: "How a fee's price is known.",
  valuesConfig: {
    FIXED: { description: "It is the same for everybody." },
    RANGE: { description: "It lies between two amounts; the agency says which it is." },
    RULE: { description: "It is worked out by a rule from what somebody applies for." },
  },
});

export const ServiceStatusEnum = enumOf(serviceStatuses);
registerEnumType(ServiceStatusEnum, {
  name: "ServiceStatus",
  description: "Whether a service can be used.",
  valuesConfig: {
    ACTIVE: { description: "It can be used." },
    SUSPENDED: { description: "It cannot be used for the time being." },
    RETIRED: { description: "It is offered no more; former requests still point to it." },
  },
});
