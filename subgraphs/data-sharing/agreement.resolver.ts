/** An agreement for people: as text, and as a page to print. */
import { Ctx, Directive, FieldResolver, Resolver, Root } from "type-graphql";
import { localized, LocalizedText } from "../kit/scalars.ts";
import { agreementPage } from "./agreement-page.ts";
import { type AgreementParts, describeAgreement } from "./agreement.rules.ts";
import type { DataSharingContext } from "./context.ts";
import { SharingAgreement } from "./sharing.ts";
import type { AgreementRow } from "./sharing.store.ts";
import { keyIdOf } from "./signature.ts";

/** What the document was written from. */
async function partsOf(
  row: AgreementRow,
  { loaders }: DataSharingContext,
): Promise<AgreementParts> {
  const request = await loaders.request.load(row.request_id);
  const dataset = request && (await loaders.dataset.load(request.dataset_id));
  if (!dataset) throw new Error(`The request "${row.request_id}" has gone.`);
  return {
    id: row.id,
    version: row.version,
    datasetId: dataset.id,
    datasetTitle: { en: dataset.title_en, ar: dataset.title_ar },
    publisherId: dataset.publisher_id,
    requesterId: request.requester_id,
    recipients: request.recipients,
    purpose: request.purpose_code,
    purposeText: request.purpose_text,
    legalBasis: request.legal_basis,
    terms: row.terms,
  };
}

@Resolver(() => SharingAgreement)
export class SharingAgreementResolver {
  @FieldResolver(() => LocalizedText, { description: "The same as the document, for people." })
  async page(
    @Root() { row }: SharingAgreement,
    @Ctx() context: DataSharingContext,
  ): Promise<LocalizedText> {
    const { en, ar } = describeAgreement(await partsOf(row, context));
    return localized(en, ar);
  }

  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => String, {
    description:
      "The same as a page to read and print before signing: one HTML document in both languages, without scripts.",
  })
  async html(
    @Root() { row }: SharingAgreement,
    @Ctx() context: DataSharingContext,
  ): Promise<string> {
    const parts = await partsOf(row, context);
    const { loaders } = context;
    const [product, ...contacts] = await Promise.all([
      loaders.product.load(parts.datasetId),
      loaders.participant.load(parts.publisherId),
      loaders.participant.load(parts.requesterId),
    ]);
    return agreementPage({
      ...parts,
      document: row.document,
      state: row.state,
      labels: new Map(product?.fields.map(({ name, label }) => [name, label])),
      contacts: new Map(
        contacts.flatMap((row) =>
          row ? [[row.agency_id, { en: row.contact_name_en, ar: row.contact_name_ar }]] : [],
        ),
      ),
      publisherKey: row.publisher_jws === null ? undefined : keyIdOf(row.publisher_jws),
      requesterKey: row.requester_jws === null ? undefined : keyIdOf(row.requester_jws),
      sample: product?.sample ?? false,
    });
  }
}
