import { describe, expect, test } from "bun:test"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const patient = "PID|1||HB-1^^^HOMA_BAY^MR||WANJALA^SARAH"
const time = "^^^20260420090000^20260420093000"

function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}

/** The appointment of a message: its event, the fields of its SCH, and what stands below it. */
function scheduled(event: string, fields: Record<number, string>, ...below: string[]) {
  const header = `MSH|^~\\&|SCHED|HOMA_BAY|||20260415||SIU^${event}|C1|P|2.5.1`
  const sch = segment("SCH", { 2: "A-1", ...fields })
  const { bundle } = mapped(message([header, sch, patient, ...below]))
  expect(invalid(bundle)).toEqual([])
  const [appointment] = resources(bundle, "Appointment")
  return { appointment, slots: resources(bundle, "Slot") }
}

describe("the status of an appointment", () => {
  test.each([
    ["S12", "", "booked"],
    ["S12", "Pending", "pending"],
    ["S12", "WAITLIST", "waitlist"],
    ["S13", "", "booked"],
    ["S14", "", "booked"],
    ["S14", "Started", "checked-in"],
    ["S14", "complete", "fulfilled"],
    ["S14", "Canceled", "cancelled"],
    ["S15", "Booked", "cancelled"],
    ["S16", "", "cancelled"],
    ["S17", "Cancelled", "entered-in-error"],
    ["S26", "", "noshow"],
    ["S12", "ODD", "booked"],
  ])("after %s with %j is %s", (event, code, status) => {
    const { appointment } = scheduled(event, { 11: time, 25: code })
    expect(appointment?.status).toBe(status as NonNullable<typeof appointment>["status"])
  })

  test("keeps the sender's code where that says more or something else", () => {
    const kept = (event: string, code: string) => {
      const { appointment } = scheduled(event, { 11: time, 25: code })
      const [other] = appointment?._status?.extension ?? []
      return other?.valueCodeableConcept?.coding?.[0]?.code
    }
    expect(kept("S12", "Booked")).toBeUndefined()
    expect(kept("S12", "Overbook")).toBe("Overbook")
    expect(kept("S15", "Booked")).toBe("Booked")
    expect(kept("S12", "ODD")).toBe("Odd")
  })
})

describe("the time of an appointment", () => {
  test("ends by its duration, whatever unit it has", () => {
    const ends = (duration: string, unit: string) =>
      scheduled("S12", { 9: duration, 10: unit, 11: "^^^202604202345" }).appointment
    expect(ends("30", "min")?.end).toBe("2026-04-21T00:15:00+03:00")
    expect(ends("1", "^Hours")?.end).toBe("2026-04-21T00:45:00+03:00")
    expect(ends("90", "s")?.minutesDuration).toBeUndefined()
    expect(ends("120", "SEC")?.minutesDuration).toBe(2)
    expect(ends("20", "")?.end).toBe("2026-04-21T00:05:00+03:00")
    expect(ends("2", "fortnights")?._end).toBeDefined()
    expect(ends("99999999999999", "d")?._end).toBeDefined()
    expect(ends("99999999999", "h")?.minutesDuration).toBeUndefined()
    expect(ends("-5", "min")?._end).toBeDefined()
  })

  test("that has no end takes no slot, since a slot has one", () => {
    const { appointment, slots } = scheduled("S12", { 5: "ANC", 11: "^^^202604200900" })
    expect(appointment?.slot).toBeUndefined()
    expect(slots).toEqual([])
  })

  test("is in the offset it was sent with", () => {
    const { appointment } = scheduled("S12", { 9: "30", 10: "m", 11: "^^^20260420234500-0330" })
    expect(appointment?.end).toBe("2026-04-21T00:15:00-03:30")
  })

  test("is its doctor's where nothing else tells it, and a resource may start later", () => {
    const { appointment } = scheduled(
      "S12",
      {},
      segment("AIP", { 3: "D1^OCHIENG^PAUL", 6: "20260420090000", 9: "20", 10: "min" }),
      segment("AIL", { 3: "ROOM 2", 7: "10", 8: "min" }),
    )
    expect(appointment).toMatchObject({ start: "2026-04-20T09:00:00+03:00" })
    expect(appointment?.end).toBe("2026-04-20T09:20:00+03:00")
    expect(appointment?.participant.map(({ period }) => period?.start)).toContain(
      "2026-04-20T09:10:00+03:00",
    )
  })
})
