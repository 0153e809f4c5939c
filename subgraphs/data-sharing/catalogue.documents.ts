/**
 * The whole catalogue at a URL that a harvester reads: `/catalogue.jsonld`, and the same as Turtle at
 * `/catalogue.ttl`. Both are made anew from the database; four SQL statements and one more for products.
 */
import jsonld from "jsonld";
import { Parser, Writer } from "n3";
import type { PublicDocument } from "../kit/define-subgraph.ts";
import { catalogueContext, describeCatalogue } from "./catalogue.rules.ts";
import type { DataSharingContext } from "./context.ts";
import {
  findLicences,
  findParticipants,
  listDistributions,
  listThemesOfDatasets,
} from "./dataset-details.store.ts";
import { listAllDatasets } from "./dataset.store.ts";
import { findProducts } from "./product.store.ts";

async function readCatalogue({ db }: DataSharingContext): Promise<object> {
  const datasets = await listAllDatasets(db);
  const ids = datasets.map(({ id }) => id);
  const licenceIds = datasets.flatMap(({ licence_id: id }) => (id === null ? [] : [id]));
  const publisherIds = datasets.map(({ publisher_id: id }) => id);
  const [themes, distributions, licences, participants, products] = await Promise.all([
    listThemesOfDatasets(db, ids),
    listDistributions(db, ids),
    findLicences(db, [...new Set(licenceIds)]),
    findParticipants(db, [...new Set(publisherIds)]),
    findProducts(db, ids),
  ]);
  return describeCatalogue({ datasets, themes, distributions, licences, participants, products });
}

async function toTurtle(catalogue: object): Promise<string> {
  const quads = await jsonld.toRDF(catalogue, { format: "application/n-quads" });
  const writer = new Writer({ prefixes: { ...catalogueContext } });
  writer.addQuads(new Parser({ format: "N-Quads" }).parse(quads as unknown as string));
  return new Promise((resolve, reject) => {
    writer.end((error: Error | null, text: string) => (error ? reject(error) : resolve(text)));
  });
}

const maxAgeSeconds = 300;

export const catalogueDocuments: Readonly<Record<string, PublicDocument<DataSharingContext>>> = {
  "/catalogue.jsonld": {
    contentType: "application/ld+json; charset=utf-8",
    maxAgeSeconds,
    write: async (context) => JSON.stringify(await readCatalogue(context)),
  },
  "/catalogue.ttl": {
    contentType: "text/turtle; charset=utf-8",
    maxAgeSeconds,
    write: async (context) => toTurtle(await readCatalogue(context)),
  },
};
