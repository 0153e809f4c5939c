/** Parking: the example of an agency that joins the running city by publishing its SDL, and by nothing else. */
import type DataLoader from "dataloader";
import { type BaseContext, defineSubgraph } from "../kit/define-subgraph.ts";
import { createOneLoader } from "../kit/loaders.ts";
import { Person } from "./parking.ts";
import {
  ParkingResolver,
  PersonParkingResolver,
  toFine,
  toPermit,
  toZone,
} from "./parking.resolver.ts";
import {
  findFines,
  findPermits,
  findZones,
  migrations,
  type ParkingTables,
  seed,
} from "./parking.store.ts";

export type ParkingContext = BaseContext<ParkingTables> & {
  readonly loaders: {
    readonly zone: DataLoader<string, ParkingTables["zone"] | null>;
    /** Of the person who asks: another's are as if they were not there. */
    readonly permit: DataLoader<string, ParkingTables["permit"] | null>;
    readonly fine: DataLoader<string, ParkingTables["fine"] | null>;
  };
};

export const subgraph = defineSubgraph<ParkingTables, ParkingContext>({
  name: "parking",
  resolvers: [ParkingResolver, PersonParkingResolver],
  orphanedTypes: [Person],
  references: {
    ParkingZone: async ({ id }, { loaders }) => {
      const row = await loaders.zone.load(String(id));
      return row && toZone(row);
    },
    ParkingPermit: async ({ id }, { loaders }) => {
      const row = await loaders.permit.load(String(id));
      return row && toPermit(row);
    },
    ParkingFine: async ({ id }, { loaders }) => {
      const row = await loaders.fine.load(String(id));
      return row && toFine(row);
    },
    Person: ({ id }) => Object.assign(new Person(), { id }),
  },
  extensions: [],
  migrations,
  seed,
  createContext(base) {
    const { db, principal } = base;
    const personId = principal?.kind === "person" ? principal.id : "";
    const idOf = ({ id }: { readonly id: string }) => id;
    return {
      ...base,
      loaders: {
        zone: createOneLoader((ids) => findZones(db, ids), idOf),
        permit: createOneLoader((ids) => findPermits(db, ids, personId), idOf),
        fine: createOneLoader((ids) => findFines(db, ids, personId), idOf),
      },
    };
  },
});
