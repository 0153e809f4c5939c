/** The types of parking: zones for everybody, permits and fines of a person. */
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { personalData, personalId } from "../kit/personal-data.ts";
import { DateTime, LocalizedText, Money } from "../kit/scalars.ts";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "An area of streets where parking costs the same." })
export class ParkingZone {
  @Field(() => ID, { description: "Stable readable id, for example a." })
  id!: string;

  @Field(() => LocalizedText, { description: "Its name." })
  name!: LocalizedText;

  @Field(() => Money, { description: "What an hour costs." })
  hourlyPrice!: Money;
}

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "Who may park in a zone, until when." })
export class ParkingPermit {
  @Field(() => ID, { description: "Its id." })
  id!: string;

  @personalData("IDENTITY", "To see at the kerb that a car has a permit")
  @Field(() => String, { description: "The plate of the car." })
  plate!: string;

  @Field(() => ParkingZone, { description: "Where it is valid." })
  zone!: ParkingZone;

  @Field(() => DateTime, { description: "Until when it is valid." })
  validUntil!: Date;
}

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("OFFENCE", "To fine parking without a permit")
@ObjectType({ description: "A fine for parking without a permit." })
export class ParkingFine {
  @Field(() => ID, { description: "Its id." })
  id!: string;

  @Field(() => Money, { description: "What is to be paid." })
  amount!: Money;

  @Field(() => DateTime, { description: "When it was given." })
  issuedAt!: Date;
}

@Directive('@key(fields: "id")')
@ObjectType({ description: "Somebody of the city who is signed in." })
export class Person {
  @personalId()
  @Field(() => ID, { description: "Stable id of the person." })
  id!: string;
}
