/** Following bulletins: one subscription, fed by bulletin-feed.ts. */
import { Field, ObjectType, Resolver, Root, Subscription } from "type-graphql";
import type { BulletinEvent } from "./bulletin-change.store.ts";
import { BulletinChangeKindEnum } from "./bulletin-enums.ts";
import { bulletinFeed } from "./bulletin-feed.ts";
import { Bulletin, toBulletin } from "./bulletin.ts";
import type { HealthContext } from "./context.ts";
import type { BulletinEventKind } from "./tables.ts";

@ObjectType({ description: "A bulletin that was published, corrected or withdrawn." })
export class BulletinChange {
  @Field(() => BulletinChangeKindEnum, { description: "What happened." })
  kind!: BulletinEventKind;

  @Field(() => Bulletin, {
    description: "The bulletin as it is now, which may be newer than the change.",
  })
  bulletin!: Bulletin;
}

@Resolver()
export class BulletinFollowedResolver {
  @Subscription(() => BulletinChange, {
    nullable: true,
    subscribe: ({ context }) => bulletinFeed((context as HealthContext).db),
    description:
      "Each bulletin that is published, corrected or withdrawn from now on, within a second. What was before is in `bulletins`: read it once the stream is open, and nothing is missed.",
  })
  bulletinChanged(@Root() { kind, bulletin }: BulletinEvent): BulletinChange {
    return Object.assign(new BulletinChange(), { kind, bulletin: toBulletin(bulletin) });
  }
}
