import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { readFacilityFilter } from "../../../subgraphs/health/facility-filter.rules.ts";
import { kindOfLicence, toPhone, toWebsite } from "../../../subgraphs/health/facility.rules.ts";
import {
  distanceMeters,
  requirePlace,
  requireRadius,
} from "../../../subgraphs/health/geo.rules.ts";
import { openingCalendar } from "../../../subgraphs/health/opening-calendar.rules.ts";
import { requireSelf } from "../../../subgraphs/health/person.rules.ts";
import { facilityKindsOfServices } from "../../../subgraphs/health/service-facilities.rules.ts";

describe("the kind of a licence type", () => {
  test.each([
    ["Community/Retail Pharmacy", "PHARMACY"],
    ["Hospital Pharmacy", "PHARMACY"],
    ["Drug store", "OTHER"],
    ["PolyClinic (3 specs or more)", "CLINIC"],
    ["School clinic", "CLINIC"],
    ["General Dental Clinic", "CLINIC"],
    ["General Hospital (50- 100)", "HOSPITAL"],
    ["Specialty Hospital (<50)", "HOSPITAL"],
    ["Medical Laboratory", "LABORATORY"],
    ["Clinical Support (1 Spec) Center – Dental Laboratory", "LABORATORY"],
    ["Clinical Support (1 Spec) Center – Optical", "CENTRE"],
    ["Clinical Support (2 Specs)", "CENTRE"],
    ["Renal Dialysis Centre", "CENTRE"],
    ["Medical Fitness Center", "CENTRE"],
    ["Traditional, Complementary & Alternative Medicine (TCAM) Facilities (1 Spec)", "CENTRE"],
    ["Home Healthcare Center", "OTHER"],
    ["Beauty Center Salon", "OTHER"],
    ["Patient Transfer Service Center", "OTHER"],
    ["Telehealth", "OTHER"],
    ["something new", "OTHER"],
  ])("%s is %s", (licenceType, kind) => {
    expect(kindOfLicence(licenceType)).toBe(kind);
  });
});

describe("a phone number of the register", () => {
  test.each([
    ["04 378 6666", "+97143786666"],
    ["04-3485600", "+97143485600"],
    ["971-50-1479763", "+971501479763"],
    ["00971529958864", "+971529958864"],
    ["+97145872578", "+97145872578"],
    ["971-050-4661363", "+971504661363"],
    ["97-155-7170277", "+971557170277"],
    ["8007400", "+9718007400"],
    ["042207003/042207063", "+97142207003"],
    ["04 2631100 ext. 833", "+97142631100"],
  ])("%j is %s", (text, phone) => {
    expect(toPhone(text)).toBe(phone);
  });

  test.each(["", "1", "04224566", "no phone", "0096594141688"])("%j is none", (text) => {
    expect(toPhone(text)).toBeNull();
  });
});

describe("a website of the register", () => {
  test.each([
    ["www.clinicare.me", "http://www.clinicare.me/"],
    ["https://azhd.ae/", "https://azhd.ae/"],
    ["www.Example.AE/Branch", "http://www.example.ae/Branch"],
  ])("%j is %s", (text, website) => {
    expect(toWebsite(text)).toBe(website);
  });

  test.each([
    "",
    "1",
    "No Web",
    "under construction",
    "somebody@example.com",
    "javascript:alert(1)",
    "http://user:password@example.com",
    "ftp://example.com",
    "http://10.0.0.1/",
  ])("%j is none", (text) => {
    expect(toWebsite(text)).toBeNull();
  });
});

describe("distance", () => {
  const place = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });
  const halfRound = Math.PI * 6_371_008.8;

  test("is the same in both directions, zero to itself, and at most half round the earth", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(distanceMeters(a, b)).toBeCloseTo(distanceMeters(b, a), 3);
        expect(distanceMeters(a, a)).toBe(0);
        expect(distanceMeters(a, b)).toBeLessThanOrEqual(halfRound + 1e-6);
      }),
    );
  });

  test("along a meridian is the angle times the radius", () => {
    const equator = { latitude: 0, longitude: 55 };
    expect(distanceMeters(equator, { latitude: 90, longitude: 55 })).toBeCloseTo(halfRound / 2, 3);
    expect(distanceMeters(equator, { latitude: 0.001, longitude: 55 })).toBeCloseTo(111.195, 3);
  });

  test("crosses the date line the short way", () => {
    const [west, east] = [179.999, -179.999].map((longitude) => ({ latitude: 0, longitude }));
    expect(distanceMeters(west!, east!)).toBeCloseTo(222.39, 2);
  });
});

describe("what a client asks for", () => {
  test.each([
    [{ latitude: 90.0001, longitude: 55 }, "location.latitude", "from -90 to 90 degrees"],
    [{ latitude: -91, longitude: 55 }, "location.latitude", "from -90 to 90 degrees"],
    [{ latitude: Number.NaN, longitude: 55 }, "location.latitude", "from -90 to 90 degrees"],
    [{ latitude: 25, longitude: 180.5 }, "location.longitude", "from -180 to 180 degrees"],
  ])("the place %j is refused, and not repeated", (place, argument, range) => {
    expect(() => requirePlace(place)).toThrow(`\`${argument}\` must be ${range}.`);
  });

  test("places at the rims of the earth are places", () => {
    const rim = { latitude: -90, longitude: 180 };
    expect(requirePlace(rim)).toEqual(rim);
  });

  test.each([0, -1, 50_001])("a radius of %i m is refused", (radius) => {
    expect(() => requireRadius(radius)).toThrow("`radiusMeters` must be from 1 to 50000 metres.");
  });

  test("filters that mean the same are the same criteria", () => {
    const now = Date.parse("2020-03-27T09:30:00+04:00");
    const given = {
      kinds: ["PHARMACY", "CLINIC", "PHARMACY"],
      text: "  al   karama ",
      openNow: true,
    };
    expect(readFacilityFilter(given as never, now, openingCalendar)).toEqual({
      kinds: ["CLINIC", "PHARMACY"],
      open: [
        {
          instant: now,
          wanted: true,
          points: [
            { year: 2020, monthDay: 327, kind: 0, weekday: 4, minute: 570 },
            { year: 2020, monthDay: 326, kind: 0, weekday: 3, minute: 1_440 + 570 },
          ],
        },
      ],
      words: ["al", "karama"],
    });
    expect(readFacilityFilter({ text: " \0 ", speciality: null }, now, openingCalendar)).toEqual({
      open: [],
      words: [],
    });
    expect(readFacilityFilter(null, now, openingCalendar)).toEqual({ open: [], words: [] });
  });

  test("texts over 100 characters are refused", () => {
    expect(() => readFacilityFilter({ text: "x".repeat(101) }, 0, openingCalendar)).toThrow(
      "`filter.text` may have up to 100 characters, not 101.",
    );
  });
});

describe("what belongs to a person", () => {
  const principal: Principal = { kind: "person", id: "person-amal", scopes: [], policies: [] };

  test("is for that person only", () => {
    expect(() => requireSelf(principal, "person-amal")).not.toThrow();
    expect(() => requireSelf(principal, "person-omar")).toThrow("This belongs to somebody else");
    expect(() => requireSelf({ ...principal, kind: "operator" }, "person-amal")).toThrow(
      "This is for people",
    );
    expect(() => requireSelf(undefined, "person-amal")).toThrow("Sign in first");
  });
});

const licenceTypeOf = (types: string[]) =>
  facilityKindsOfServices(new Set(types)).find(
    ({ service_id }) => service_id === "dha-medical-fitness",
  );

describe("the facilities that offer a service", () => {
  test("are those of a licence type, or of the kind when the register lacks that type", () => {
    expect(licenceTypeOf(["Medical Fitness Center"])?.licence_type_en).toBe(
      "Medical Fitness Center",
    );
    expect(licenceTypeOf(["Optical Center"])).toMatchObject({
      kind: "CENTRE",
      licence_type_en: null,
    });
  });
});
