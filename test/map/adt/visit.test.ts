import { describe, expect, test } from "bun:test"
import type { Encounter } from "fhir/r4"
import { readParts } from "../../../src/map/index.ts"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"
import { openCentre } from "../centre.ts"

const pid = "PID|1||A1^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"

interface Visit {
  /** PV1-2, PV1-3, PV1-6, PV1-11, PV1-42, PV1-45 and EVN-6. */
  class?: string
  ward?: string
  from?: string
  temporary?: string
  pending?: string
  discharged?: string
  occurred?: string
}

/** One event of visit V1 at an hour of one day. */
function at(hour: number, event: string, given: Visit = {}, visit = "V1") {
  const time = `20260415${String(hour).padStart(2, "0")}0000`
  const fields: Record<number, string | undefined> = {
    0: "PV1",
    2: given.class ?? "I",
    3: given.ward,
    6: given.from,
    11: given.temporary,
    19: visit,
    42: given.pending,
    45: given.discharged,
  }
  const pv1 = Array.from({ length: 46 }, (_, field) => fields[field] ?? "").join("|")
  const msh = `MSH|^~\\&|HIS|KISUMU|||${time}||ADT^${event}|C${hour}${event}|P|2.5.1`
  return [msh, `EVN||${time}||||${given.occurred ?? ""}`, pid, pv1]
}

/** The Encounter after these messages, and after any of them. */
async function after(...messages: string[][]): Promise<Encounter> {
  const centre = openCentre()
  for (const [index, lines] of messages.entries()) {
    const { bundle } = await centre.deliver(message(lines, { id: index + 1 }))
    expect(invalid(bundle)).toEqual([])
  }
  const all = Object.values(await centre.state())
  const encounters = all.filter((one) => one.resourceType === "Encounter")
  if (encounters.length !== 1 || !encounters[0]) throw new Error(`${encounters.length} visits`)
  return encounters[0]
}

/** Where a visit is and was: `WARD 1 completed 08-10`. */
function places({ location = [] }: Encounter): string[] {
  return location.map(({ location: { display }, status, period }) =>
    [display, status, hours(period)].filter(Boolean).join(" "),
  )
}

function statuses({ statusHistory = [], status }: Encounter): string[] {
  return [...statusHistory.map((one) => `${one.status} ${hours(one.period)}`), status]
}

function hours(period: { start?: string; end?: string } | undefined): string {
  const hour = (time = "") => time.slice(11, 13)
  return period ? `${hour(period.start)}-${hour(period.end)}` : ""
}

describe("where a patient is and was", () => {
  test("is told ward by ward, each with its time", async () => {
    const visit = await after(
      at(8, "A01", { ward: "WARD 1" }),
      at(10, "A02", { ward: "WARD 2", from: "WARD 1" }),
      at(11, "A08", { ward: "WARD 2" }),
      at(12, "A02", { ward: "WARD 1", from: "WARD 2", occurred: "20260415113000" }),
      at(14, "A03", { ward: "WARD 1" }),
    )
    expect(places(visit)).toEqual([
      "WARD 1 completed 08-10",
      "WARD 2 completed 10-11",
      "WARD 1 completed 11-14",
    ])
  })

  test("is as it was when a transfer is cancelled, also one that is not the last", async () => {
    const steps = [
      at(8, "A01", { ward: "WARD 1" }),
      at(9, "A02", { ward: "WARD 2", occurred: "20260415090000" }),
      at(10, "A02", { ward: "WARD 3" }),
    ]
    const last = await after(...steps, at(11, "A12", { ward: "WARD 2" }))
    expect(places(last)).toEqual(["WARD 1 completed 08-09", "WARD 2 active 09-"])
    const named = await after(...steps, at(11, "A12", { occurred: "20260415090000" }))
    expect(places(named)).toEqual(["WARD 1 completed 08-10", "WARD 3 active 10-"])
  })

  test("is corrected by an update that names another ward, which is no transfer", async () => {
    const visit = await after(
      at(8, "A01", { ward: "WARD 1" }),
      at(9, "A08", { ward: "WARD 2" }),
      at(10, "A03", {}),
    )
    expect(places(visit)).toEqual(["WARD 2 completed 08-10"])
  })

  test("names where a transfer came from, of which no message had told", async () => {
    const visit = await after(at(10, "A02", { ward: "WARD 2", from: "WARD 1" }))
    expect(places(visit)).toEqual(["WARD 1 completed -10", "WARD 2 active 10-"])
  })

  test("goes on from what the centre knows where no message had told", () => {
    const own = { system: "urn:waystation:kisumu-01", value: identityOf("V1") }
    const there: Encounter = {
      resourceType: "Encounter",
      status: "arrived",
      class: { code: "AMB" },
      location: [{ location: { display: "CASUALTY" }, status: "active" }],
    }
    const known = readParts(there, own)
    const { bundle } = mapped(message(at(10, "A02", { ward: "WARD 2" })), known)
    const [visit] = resources(bundle, "Encounter")
    expect(visit && places(visit)).toEqual(["CASUALTY completed -10", "WARD 2 active 10-"])
    expect(visit && statuses(visit)).toEqual(["arrived -10", "in-progress"])
    expect(invalid(bundle)).toEqual([])
  })
})

describe("where a patient is to be", () => {
  test("follows a patient to x-ray and back, and forgets an arrival that was none", async () => {
    const there = [
      at(8, "A01", { ward: "WARD 1" }),
      at(9, "A09", { ward: "WARD 1", temporary: "XRAY" }),
      at(10, "A10", { ward: "WARD 1", temporary: "XRAY" }),
    ]
    const arrived = await after(...there)
    expect(places(arrived)).toEqual(["WARD 1 active 08-", "XRAY active 10-"])
    const back = await after(...there, at(11, "A10", { ward: "WARD 1" }))
    expect(places(back)).toEqual(["WARD 1 active 08-", "XRAY completed 10-11"])
    const none = await after(...there, at(11, "A32", { ward: "WARD 1" }))
    expect(places(none)).toEqual(["WARD 1 active 08-", "XRAY planned"])
  })

  test("keeps a bed reserved until the transfer is made or is off", async () => {
    const pending = [
      at(8, "A01", { ward: "WARD 1" }),
      at(9, "A15", { ward: "WARD 1", pending: "WARD 2" }),
    ]
    expect(places(await after(...pending))).toEqual(["WARD 1 active 08-", "WARD 2 reserved"])
    const off = await after(...pending, at(10, "A26", { ward: "WARD 1", pending: "WARD 2" }))
    expect(places(off)).toEqual(["WARD 1 active 08-"])
    const made = await after(...pending, at(10, "A02", { ward: "WARD 2" }))
    expect(places(made)).toEqual(["WARD 1 completed 08-10", "WARD 2 active 10-"])
  })

  test("does not keep a planned ward where the patient never was", async () => {
    const planned = at(8, "A05", { class: "P", ward: "WARD 1" })
    expect(places(await after(planned))).toEqual(["WARD 1 planned"])
    const elsewhere = await after(planned, at(9, "A01", { ward: "WARD 2" }))
    expect(places(elsewhere)).toEqual(["WARD 2 active 09-"])
    const there = await after(planned, at(9, "A01", { ward: "WARD 1" }))
    expect(places(there)).toEqual(["WARD 1 active 09-"])
  })
})

describe("the status of a visit", () => {
  test("is told with its history from the planning to the discharge", async () => {
    const visit = await after(
      at(7, "A05", { class: "P" }),
      at(8, "A01"),
      at(10, "A21"),
      at(12, "A22"),
      at(14, "A03"),
    )
    expect(statuses(visit)).toEqual([
      "planned 07-08",
      "in-progress 08-10",
      "onleave 10-12",
      "in-progress 12-14",
      "finished",
    ])
  })

  test("is what it was before when a discharge is cancelled, without an end", async () => {
    const visit = await after(
      at(8, "A04", { class: "O" }),
      at(10, "A03", { class: "O", discharged: "20260415100000" }),
      at(11, "A13", { class: "O", discharged: "20260415100000" }),
    )
    expect(statuses(visit)).toEqual(["arrived"])
    expect(visit.period).toBeUndefined()
    const unheard = await after(at(11, "A13"))
    expect(statuses(unheard)).toEqual(["in-progress"])
  })

  test.each([
    ["A01", "A11", "cancelled"],
    ["A04", "A11", "cancelled"],
    ["A14", "A27", "cancelled"],
    ["A05", "A38", "cancelled"],
    ["A01", "A23", "entered-in-error"],
  ])("after %s and %s is %s, and nobody is in the ward", async (event, cancel, status) => {
    const visit = await after(at(8, event, { ward: "WARD 1" }), at(9, cancel, { ward: "WARD 1" }))
    expect(visit.status).toBe(status as Encounter["status"])
    expect(places(visit).filter((place) => place.includes("active"))).toEqual([])
  })

  test("begins anew when a visit is admitted again after its cancel", async () => {
    const visit = await after(at(8, "A01"), at(9, "A11"), at(10, "A01", { ward: "WARD 2" }))
    expect(visit.status).toBe("in-progress")
    expect(places(visit)).toEqual(["WARD 2 active 10-"])
  })

  test("stays when an update says nothing of it", async () => {
    const visit = await after(at(8, "A01"), at(9, "A21"), at(10, "A08"), at(11, "A16"))
    expect(visit.status).toBe("onleave")
  })
})

test("an outpatient who becomes an inpatient and goes back has been both", async () => {
  const visit = await after(
    at(8, "A04", { class: "O" }),
    at(9, "A06", { class: "I" }),
    at(12, "A07", { class: "O" }),
  )
  expect(visit.class.code).toBe("AMB")
  const history = visit.classHistory?.map((one) => `${one.class.code} ${hours(one.period)}`)
  expect(history).toEqual(["AMB 08-09", "IMP 09-12"])
})

test.each(["A02", "A11", "A12", "A13", "A21", "A23"])(
  "%s of a visit that it does not name makes no visit, and says so",
  (event) => {
    const { bundle, notes } = mapped(message(at(9, event, { ward: "WARD 1" }, "")))
    expect(resources(bundle, "Encounter")).toEqual([])
    expect(notes.join()).toContain("names the visit")
  },
)

function identityOf(visit: string): string {
  const { bundle } = mapped(message(at(8, "A01", {}, visit)))
  return resources(bundle, "Encounter")[0]?.identifier?.[0]?.value ?? ""
}
