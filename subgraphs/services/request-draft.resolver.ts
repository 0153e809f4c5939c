/** What a person does with a request: arguments → the use cases → what the client is told. */
import { Arg, Ctx, Directive, ID, Int, Mutation, Resolver } from "type-graphql";
import type { ServicesContext } from "./context.ts";
import { requirePersonActor, requireRequestActor } from "./request.actor.ts";
import { discardDraft, saveDraft, startRequest, submitRequest } from "./request-draft.ts";
import { JsonObject } from "./request-form.graph.ts";
import {
  messageLimit,
  readAnswers,
  readAttachments,
  readKey,
  readText,
} from "./request-input.rules.ts";
import { attachmentsText, RequestAttachmentInput } from "./request-input.ts";
import { answerRequest, withdrawRequest, writeMessage } from "./request-process.ts";
import { ServiceRequestResult, toResult } from "./service-request.ts";

type Result = typeof ServiceRequestResult;
type Answers = Readonly<Record<string, unknown>>;

const Id = () => Arg("id", () => ID, { description: "Id of the request: `req_…`." });
const Revision = () =>
  Arg("revision", () => Int, { description: "The request's `revision` that the person saw." });
const attachmentsOf = (text: string, defaultValue?: readonly RequestAttachmentInput[]) =>
  Arg("attachments", () => [RequestAttachmentInput], {
    description: text,
    ...(defaultValue ? { defaultValue: [...defaultValue] } : { nullable: true }),
  });

@Resolver()
export class RequestDraftResolver {
  @Directive("@authenticated")
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description:
      "Begins a request as a draft, which its person alone sees. Answers may be missing or wrong until it is sent.",
  })
  async startServiceRequest(
    @Arg("serviceId", () => ID, { description: "The service, which must have a `requestForm`." })
    serviceId: string,
    @Arg("answers", () => JsonObject, {
      nullable: true,
      description: "Answers to the form, as far as there are any: 32 KiB of JSON at most.",
    })
    answers: Answers | null | undefined,
    @attachmentsOf(attachmentsText, [])
    attachments: RequestAttachmentInput[],
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requirePersonActor(principal);
    const draft = {
      serviceId,
      answers: readAnswers(answers ?? {}),
      attachments: readAttachments(attachments),
    };
    return toResult(await startRequest(db, actor, draft, requestDeps()));
  }

  @Directive("@authenticated")
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: "Saves a draft: answers and attachments are replaced as a whole.",
  })
  async saveServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Arg("answers", () => JsonObject, { description: "All answers: 32 KiB of JSON at most." })
    answers: Answers,
    @attachmentsOf(attachmentsText, [])
    attachments: RequestAttachmentInput[],
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requirePersonActor(principal);
    const content = { answers: readAnswers(answers), attachments: readAttachments(attachments) };
    return toResult(await saveDraft(db, actor, { id, revision, ...content }, requestDeps()));
  }

  @Directive("@authenticated")
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: "Throws a draft away: its answers are deleted.",
  })
  async discardServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requirePersonActor(principal);
    return toResult(await discardDraft(db, actor, { id, revision }, requestDeps()));
  }

  @Directive("@authenticated")
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description:
      "Sends a draft to the agency, if its answers fit the form. Sending again with the same key is the same sending. A key that has sent another request is the error IDEMPOTENCY_KEY_REUSED.",
  })
  async submitServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Arg("idempotencyKey", () => String, {
      description: "1 to 255 characters, made when the person presses the button: a UUID.",
    })
    idempotencyKey: string,
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requirePersonActor(principal);
    const sending = { id, revision, key: readKey(idempotencyKey) };
    return toResult(await submitRequest(db, actor, sending, requestDeps()));
  }

  @Directive("@authenticated")
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description:
      "Answers what the agency asked. Answers to the form and attachments stay as they are when they are left out, and are replaced as a whole otherwise.",
  })
  async answerServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Arg("text", () => String, {
      description: `What the person answers, 1 to ${messageLimit} characters.`,
    })
    text: string,
    @Arg("answers", () => JsonObject, {
      nullable: true,
      description: "All answers to the form anew.",
    })
    answers: Answers | null | undefined,
    @attachmentsOf(`${attachmentsText} Null: as they are.`)
    attachments: RequestAttachmentInput[] | null | undefined,
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requirePersonActor(principal);
    const given = {
      text: readText("text", text, messageLimit),
      ...(answers ? { answers: readAnswers(answers) } : {}),
      ...(attachments ? { attachments: readAttachments(attachments) } : {}),
    };
    return toResult(await answerRequest(db, actor, { id, revision }, given, requestDeps()));
  }

  @Directive("@authenticated")
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description: "Takes a request back that is not decided yet.",
  })
  async withdrawServiceRequest(
    @Id() id: string,
    @Revision() revision: number,
    @Arg("text", () => String, {
      nullable: true,
      description: `Why, if the person wants to tell: ${messageLimit} characters at most.`,
    })
    text: string | null | undefined,
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requirePersonActor(principal);
    const why = text == null ? undefined : readText("text", text, messageLimit);
    return toResult(await withdrawRequest(db, actor, { id, revision }, why, requestDeps()));
  }

  @Directive("@authenticated")
  @Mutation(() => ServiceRequestResult, {
    nullable: true,
    description:
      "Writes a message about a request that was sent: its person to its agency, or the agency (scope requests:process) to its person.",
  })
  async writeServiceRequestMessage(
    @Id() id: string,
    @Arg("text", () => String, { description: `Text, 1 to ${messageLimit} characters.` })
    text: string,
    @Ctx() { db, principal, requestDeps }: ServicesContext,
  ): Promise<Result> {
    const actor = requireRequestActor(principal);
    const message = readText("text", text, messageLimit);
    return toResult(await writeMessage(db, actor, id, message, requestDeps()));
  }
}
