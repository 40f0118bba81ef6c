import { expect, test } from "bun:test"
import type { ServiceRequest, Timing } from "fhir/r4"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const header = "MSH|^~\\&|EMR|KISUMU|||20260415120000||OMG^O19|C-1|P|2.5.1"
const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"

function ordered(orc: string, ...timings: string[]): ServiceRequest | undefined {
  const obr = "OBR|1|P1^EMR||8867-4^Heart rate^LN||20260416"
  const { bundle } = mapped(message([header, pid, orc, ...timings, obr]))
  expect(invalid(bundle)).toEqual([])
  return resources(bundle, "ServiceRequest")[0]
}

test.each<[string, string, Timing]>([
  ["every eight hours", "TQ1|1||Q8H", repeated("Q8H", { period: 8, periodUnit: "h" })],
  ["every two days", "TQ1|1||Q2D", { repeat: { frequency: 1, period: 2, periodUnit: "d" } }],
  ["twice a day", "TQ1|1||BID", { code: { coding: [{ code: "BID" }] } }],
  ["once", "TQ1|1||Once", { repeat: { count: 1 } }],
  ["a pattern of the site's own", "TQ1|1||ROUNDS", { code: { coding: [{ code: "ROUNDS" }] } }],
  [
    "at times of the day",
    "TQ1|1|||0800~20:30",
    { repeat: { timeOfDay: ["08:00:00", "20:30:00"] } },
  ],
  [
    "before meals, and no time of day beside it",
    "TQ1|1||^^^^^^^AC|0800",
    { repeat: { when: ["AC"] } },
  ],
  [
    "an event that FHIR does not know",
    "TQ1|1||BID^^^^^^^ICM",
    { code: { coding: [{ code: "BID" }] } },
  ],
  ["for three days", "TQ1|1||||| 3^days", bounded({ boundsDuration: { value: 3, code: "d" } })],
])("%s", (_sentence, tq1, timing) => {
  const made = ordered("ORC|NW|P1^EMR", tq1)?.occurrenceTiming
  expect(made).toMatchObject(timing)
})

function repeated(code: string, repeat: Timing["repeat"]): Timing {
  return { repeat: { frequency: 1, ...repeat }, code: { coding: [{ code }] } }
}

function bounded(repeat: Timing["repeat"]): Timing {
  return { repeat }
}

test("a start alone is when it is to be done, before the time in OBR-6", () => {
  const made = ordered("ORC|NW|P1^EMR", "TQ1|1||||||20260417")
  expect(made?.occurrenceDateTime).toBe("2026-04-17")
  expect(made?.occurrenceTiming).toBeUndefined()
})

test("without a timing OBR-6 says when", () => {
  expect(ordered("ORC|NW|P1^EMR")?.occurrenceDateTime).toBe("2026-04-16")
})

test("as needed is said so", () => {
  expect(ordered("ORC|NW|P1^EMR", "TQ1|1||PRN")?.asNeededBoolean).toBe(true)
})

test("up to 2.4 ORC-7 says the same", () => {
  const made = ordered("ORC|NW|P1^EMR|||||2^Q6H^D3^^^S^^with meals")
  expect(made?.quantityQuantity?.value).toBe(2)
  expect(made?.priority).toBe("stat")
  expect(made?.note).toEqual([{ text: "with meals" }])
  expect(made?.occurrenceTiming?.repeat).toMatchObject({
    boundsDuration: { value: 3, code: "d" },
    period: 6,
  })
})
