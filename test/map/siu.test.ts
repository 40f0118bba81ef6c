import { describe, expect, test } from "bun:test"
import { maps, ownedResources } from "../../src/map/index.ts"
import type { Told } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, mapped, message, resources } from "./build.ts"

const patient = "PID|1||HB-1^^^HOMA_BAY^MR||WANJALA^SARAH"

/** An SCH of these fields, by their numbers. */
function sch(fields: Record<number, string>): string {
  return segment("SCH", { 2: "A-1^HOMA_SCHED", ...fields })
}

function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}

function header(event: string, app = "SCHED"): string {
  return `MSH|^~\\&|${app}|HOMA_BAY|||20260415||SIU^${event}|C1|P|2.5.1`
}

/** What the destination is told by messages that come one after another. */
function life(...messages: string[][]) {
  const known: Told[] = []
  const made = messages.map((lines, at) => {
    const { bundle, told, notes } = mapped(message(lines, { id: at + 1 }), known)
    expect(invalid(bundle)).toEqual([])
    known.push(...told)
    const [appointment] = resources(bundle, "Appointment")
    return { bundle, notes, appointment, slots: resources(bundle, "Slot") }
  })
  const last = made.at(-1)
  if (last === undefined) throw new Error("no message")
  return { ...last, known, ids: made.map(({ appointment }) => appointment?.identifier?.[0]?.value) }
}

const aip = (fields: Record<number, string>) => segment("AIP", { 1: "1", ...fields })
const time = "^^^20260420090000^20260420093000"
const booked = [
  header("S12"),
  sch({ 5: "ANC^Antenatal^HOMA", 7: "CHECKUP", 11: time, 25: "Booked" }),
  patient,
  aip({ 3: "D1^OCHIENG^PAUL" }),
]

describe("an appointment", () => {
  test("that is cancelled in a few words keeps its time and doctor, and frees its slot", () => {
    const cancelled = [header("S15"), sch({ 6: "TRAVEL" }), patient]
    const { appointment, slots, ids } = life(booked, cancelled)
    expect(appointment).toMatchObject({
      status: "cancelled",
      start: "2026-04-20T09:00:00+03:00",
      end: "2026-04-20T09:30:00+03:00",
    })
    expect(appointment?.participant.map(({ actor }) => actor?.display)).toContain("PAUL OCHIENG")
    expect(appointment?.cancelationReason?.coding?.[0]?.code).toBe("TRAVEL")
    expect(slots.map(({ status }) => status)).toEqual(["free"])
    expect(new Set(ids).size).toBe(1)
  })

  test("that is made again after it was cancelled has no reason for that any more", () => {
    const cancelled = [header("S15"), sch({ 6: "TRAVEL" }), patient]
    const again = [header("S13"), sch({ 11: "^^^20260427100000^20260427103000" }), patient]
    const { appointment, slots } = life(booked, cancelled, again)
    expect(appointment?.status).toBe("booked")
    expect(appointment?.cancelationReason).toBeUndefined()
    expect(appointment?.start).toBe("2026-04-27T10:00:00+03:00")
    expect(slots).toMatchObject([{ status: "busy", start: "2026-04-27T10:00:00+03:00" }])
  })

  test("that is missed was not missed for the reason that it was once made for", () => {
    const made = [header("S12"), sch({ 6: "ROUTINE", 11: time }), patient]
    const { appointment } = life(made, [header("S26"), sch({}), patient])
    expect(appointment).toMatchObject({ status: "noshow" })
    expect(appointment?.cancelationReason).toBeUndefined()
    expect(life(made).appointment?.cancelationReason).toBeUndefined()
  })

  test("of another patient under a number that was somebody's before has nothing of theirs", () => {
    const anothers = "PID|1||HB-2^^^HOMA_BAY^MR||OKOTH^PETER"
    const noted = [...booked, "NTE|1||Brings her mother"]
    const { appointment } = life(noted, [header("S12"), sch({ 11: time }), anothers])
    expect(appointment?.comment).toBeUndefined()
    expect(appointment?.reasonCode).toBeUndefined()
    expect(appointment?.participant).toHaveLength(1)
    const again = life(noted, [header("S12"), sch({ 11: time }), patient]).appointment
    expect(again?.comment).toBe("Brings her mother")
    const moved = life(noted, [header("S14"), sch({}), anothers]).appointment
    expect(moved?.comment).toBe("Brings her mother")
  })

  test("that an older message is sent of again stays as it is", () => {
    const moved = [header("S13"), sch({ 11: "^^^20260427100000^20260427103000" }), patient]
    const { known } = life(booked, moved)
    const { bundle } = mapped(message(booked, { id: 1 }), known)
    expect(resources(bundle, "Appointment")[0]?.start).toBe("2026-04-27T10:00:00+03:00")
  })

  test("that an older message with a visit is sent of again still has that visit beside it", () => {
    const visit = segment("PV1", { 2: "O", 19: "V-1^^^HOMA_BAY" })
    const seen = [header("S12"), sch({ 11: time }), patient, visit, "OBX|1|NM|718-7^Hb^LN||9"]
    const { known } = life(seen, [header("S14"), sch({}), patient])
    const { bundle } = mapped(message(seen, { id: 1 }), known)
    expect(resources(bundle, "Encounter").length).toBe(1)
    expect(resources(bundle, "Observation")[0]?.encounter).toBeDefined()
  })
})

describe("what an appointment is told anew of", () => {
  test("its visit: it keeps the order it was made for", () => {
    const visit = (number: string) => segment("PV1", { 2: "O", 19: number })
    const ordered = [header("S12"), sch({ 11: time, 26: "ORD-1^HIS" }), patient, visit("V-1")]
    const { appointment, bundle } = life(ordered, [header("S14"), sch({}), patient, visit("V-2")])
    expect(appointment?.basedOn?.length).toBe(1)
    expect(resources(bundle, "ServiceRequest").length).toBe(1)
  })

  test("is asked for by its own name, and for a blocked time by none", () => {
    const lines = [header("S15"), sch({}), patient]
    const [id] = life(booked, lines).ids
    expect(ownedResources(maps, message(lines), context())).toEqual([`Appointment/${id}`])
    const block = [header("S23"), sch({}), "AIL|1||ROOM 1"]
    expect(ownedResources(maps, message(block), context())).toEqual([])
  })

  test("its doctor: it has the new one alone; its reason deleted: it has none", () => {
    const changed = [header("S14"), sch({ 7: '""' }), patient, aip({ 3: "D2^WERE^JOY" })]
    const { appointment } = life(booked, changed)
    const names = appointment?.participant.map(({ actor }) => actor?.display)
    expect(names).toContain("JOY WERE")
    expect(names).not.toContain("PAUL OCHIENG")
    expect(appointment?.reasonCode).toBeUndefined()
    expect(appointment?.status).toBe("booked")
  })

  test("its doctor taken back (D): it has none, also where their whole group is", () => {
    for (const gone of [
      [aip({ 2: "D", 3: "D1^OCHIENG^PAUL" })],
      ["RGS|1|D", aip({ 3: "D1^OCHIENG^PAUL" })],
    ]) {
      const { appointment } = life(booked, [header("S14"), sch({}), patient, ...gone])
      expect(appointment?.participant.length).toBe(1)
    }
  })
})

describe("the name of an appointment", () => {
  test("is its sender's own where its number names nobody who gave it, and one with it", () => {
    const of = (app: string, number: string) =>
      life([header("S12", app), sch({ 2: number, 11: time }), patient]).ids[0]
    expect(of("SCHED", "A-1")).not.toBe(of("OTHER", "A-1"))
    expect(of("SCHED", "A-1^HOMA")).toBe(of("OTHER", "A-1^HOMA"))
    expect(of("SCHED", "A-1")).not.toBe(of("SCHED", "A-2"))
  })

  test("that repeats is another one each time it takes place", () => {
    const of = (occurrence: string) =>
      life([header("S12"), sch({ 3: occurrence, 11: time }), patient]).ids[0]
    expect(of("1")).not.toBe(of("2"))
  })

  test("that is cancelled before anybody told of it is cancelled once it is told of", () => {
    const cancelled = mapped(message([header("S15"), sch({ 6: "TRAVEL" })], { id: 8 }))
    expect(cancelled.bundle.entry).toBeUndefined()
    expect(cancelled.notes.join()).toContain("nobody has told of")
    const { bundle } = mapped(message(booked, { id: 7 }), cancelled.told)
    const [appointment] = resources(bundle, "Appointment")
    expect(appointment?.status).toBe("cancelled")
    expect(appointment?.cancelationReason?.coding?.[0]?.code).toBe("TRAVEL")
  })

  test("in which nobody takes part is held, and so is a message without SCH", () => {
    expect(() => mapped(message([header("S12"), sch({ 11: time })]))).toThrow("nobody takes part")
    expect(() => mapped(message([header("S12"), patient]))).toThrow("no SCH segment")
  })

  test("has the notes under it for its comment, and names what no map reads", () => {
    const { bundle, notes } = life([...booked, "NTE|1||Bring the card.", "ZZZ|1"])
    expect(resources(bundle, "Appointment")[0]?.comment).toBe("Bring the card.")
    expect(notes).toEqual(["segments that no map reads: ZZZ"])
  })
})

describe("a blocked time", () => {
  const block = (event: string, at = time) => [
    header(event),
    sch({ 2: "B-7", 11: at }),
    segment("AIL", { 3: "THEATRE 1^^^HOMA_BAY" }),
  ]

  test("is opened again on the same slot", () => {
    const { slots: blocked } = life(block("S23"))
    const { slots: opened } = life(block("S24"))
    expect([blocked[0]?.status, opened[0]?.status]).toEqual(["busy-unavailable", "free"])
    expect(opened[0]?.identifier).toEqual(blocked[0]?.identifier)
  })

  test("of nothing, or at no time, is held", () => {
    expect(() => mapped(message(block("S23", "^^^20260420")))).toThrow("at any time")
    expect(() => mapped(message([header("S23"), sch({ 11: time })]))).toThrow("at any time")
  })
})
