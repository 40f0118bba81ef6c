import { expect, test } from "bun:test"
import { type VisitEvent, visitHistory } from "../../../src/map/adt/visit-history.ts"
import { reading } from "../build.ts"

const ward = { display: "WARD 1" }

function event(event: string, hour: number, given: Partial<VisitEvent> = {}): VisitEvent {
  return { event, at: hourOf(hour), place: ward, ...given }
}

function hourOf(hour: number): string {
  return `2026-04-15T${String(hour).padStart(2, "0")}:00:00+03:00`
}

const admitted = event("A01", 8, { status: "in-progress" })
const discharged = event("A03", 10, { status: "finished" })

function historyOf(...events: VisitEvent[]) {
  return visitHistory(events, {}, reading(["MSH|^~\\&|HIS|KISUMU"]))
}

test("an update after the discharge that repeats the ward is no second stay there", () => {
  const history = historyOf(admitted, discharged, event("A08", 12))
  expect(history).toEqual(historyOf(admitted, discharged))
  expect(history.location).toHaveLength(1)
})

test("a discharge that is told again with another time is one discharge, at that time", () => {
  const history = historyOf(admitted, discharged, { ...discharged, at: hourOf(9) })
  const period = { start: hourOf(8), end: hourOf(9) }
  expect(history).toMatchObject({
    status: "finished",
    statusHistory: [{ status: "in-progress", period }],
    location: [{ status: "completed", period }],
  })
  expect(history.location).toHaveLength(1)
})

test("a patient who is admitted to the ward again after the discharge was there twice", () => {
  const again = event("A01", 14, { status: "in-progress" })
  const { location } = historyOf(admitted, discharged, again, event("A08", 15))
  expect(location?.map(({ status }) => status)).toEqual(["completed", "active"])
})
