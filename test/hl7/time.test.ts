import { describe, expect, test } from "bun:test"
import { toDate, toDateTime, toInstant } from "../../src/hl7/time.ts"

const nairobi = "Africa/Nairobi"

function value(read: ReturnType<typeof toDateTime>): string {
  return "value" in read ? read.value : `no: ${read.reason}`
}

describe("a time", () => {
  test.each([
    ["2026", "2026"],
    ["202604", "2026-04"],
    ["20260415", "2026-04-15"],
    ["2026041512", "2026-04-15"],
    ["202604151230", "2026-04-15T12:30:00+03:00"],
    ["20260415123059", "2026-04-15T12:30:59+03:00"],
    ["20260415123059.1", "2026-04-15T12:30:59.1+03:00"],
    ["20260415123059.1234", "2026-04-15T12:30:59.1234+03:00"],
    ["20260415123059-0500", "2026-04-15T12:30:59-05:00"],
    ["202604151230+05", "2026-04-15T12:30:00+05:00"],
    ["20260415123059.5+0545", "2026-04-15T12:30:59.5+05:45"],
    ["202604151230+1400", "2026-04-15T12:30:00+14:00"],
    ["202604151230Z", "2026-04-15T12:30:00Z"],
    ["2026041512-0500", "2026-04-15"],
    ["20240229", "2024-02-29"],
  ])("%s is %s", (text, expected) => {
    expect(value(toDateTime(text, nairobi))).toBe(expected)
  })

  test.each([
    ["20260230", "there is no such day"],
    ["20230229", "there is no such day"],
    ["19000229", "there is no such day"],
    ["20261301", "there is no such day"],
    ["20260400", "there is no such day"],
    ["00000000", "there is no such day"],
    ["202604152400", "there is no such time of day"],
    ["202604151260", "there is no such time of day"],
    ["20260415123060", "there is no such time of day"],
    ["202604151230+1500", "its offset is not one in the form of HL7"],
    ["202604151230+0360", "its offset is not one in the form of HL7"],
    ["202604151230 EAT", "its offset is not one in the form of HL7"],
    ["2026-04-15", "its offset is not one in the form of HL7"],
    ["yesterday", "it is not a time in the form of HL7"],
    ["202", "it is not a time in the form of HL7"],
    ["20260415\n1230", "it is not a time in the form of HL7"],
    ["2026041", "its offset is not one in the form of HL7"],
    ["20260415123059.1234567890", "its offset is not one in the form of HL7"],
    ["", "it is not a time in the form of HL7"],
  ])("%j is none: %s", (text, reason) => {
    expect(toDateTime(text, nairobi)).toEqual({ reason })
  })
})

describe("a time without an offset", () => {
  test("is the clinic's, in summer time and out of it", () => {
    expect(value(toDateTime("202601151200", "Europe/Berlin"))).toBe("2026-01-15T12:00:00+01:00")
    expect(value(toDateTime("202607151200", "Europe/Berlin"))).toBe("2026-07-15T12:00:00+02:00")
    expect(value(toDateTime("202607151200", "America/St_Johns"))).toBe("2026-07-15T12:00:00-02:30")
  })

  test("that a clock change left out or made twice is read by the offset before the change", () => {
    expect(value(toDateTime("202603290230", "Europe/Berlin"))).toBe("2026-03-29T02:30:00+01:00")
    expect(value(toDateTime("202610250230", "Europe/Berlin"))).toBe("2026-10-25T02:30:00+02:00")
  })

  test.each(["Europe/Berlin", "America/St_Johns", "Africa/Casablanca", "Pacific/Apia"])(
    "of %s is the same whatever time was read before it",
    (zone) => {
      const hours = Array.from({ length: 24 * 366 }, (_, hour) =>
        Temporal.PlainDateTime.from("2011-03-01T00:30").add({ hours: hour }),
      )
      const read = (local: Temporal.PlainDateTime) =>
        value(toDateTime(local.toString().replace(/\D/g, ""), zone))
      const wanted = (local: Temporal.PlainDateTime) =>
        (Date.parse(`${local}Z`) - local.toZonedDateTime(zone).epochMilliseconds) / 60_000
      const offsetOf = (text: string) => {
        const [, sign, hour, minute] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? []
        return (sign === "-" ? -1 : 1) * (Number(hour) * 60 + Number(minute))
      }
      for (const local of [...hours, ...hours.toReversed()]) {
        expect(offsetOf(read(local))).toBe(wanted(local))
      }
    },
  )

  test("before standard time has an offset FHIR can write, without seconds", () => {
    expect(value(toDateTime("190001010000", nairobi))).toBe("1900-01-01T00:00:00+02:27")
  })

  test("does not depend on the zone of the machine", () => {
    const before = process.env.TZ
    process.env.TZ = "Pacific/Kiritimati"
    const read = value(toDateTime("202604150030", nairobi))
    process.env.TZ = before
    expect(read).toBe("2026-04-15T00:30:00+03:00")
  })
})

test("a date of birth stays the day the sender wrote, whatever its offset", () => {
  expect(value(toDate("198804120030+0300"))).toBe("1988-04-12")
  expect(value(toDate("1988"))).toBe("1988")
  expect(value(toDate("19880431"))).toBe("no: there is no such day")
})

test("an instant needs a time of day", () => {
  expect(value(toInstant("20260415123059", nairobi))).toBe("2026-04-15T12:30:59+03:00")
  expect(value(toInstant("20260415", nairobi))).toBe("no: it has no time of day")
})
