import { expect, test } from "bun:test"
import type { ServiceRequest } from "fhir/r4"
import { life, order, pid, request } from "../order/life.ts"

test("what was done to an order last stands on it with its time; to ask is nothing", () => {
  const [made, cancelled, asked] = life(
    ["OML^O21", order],
    ["ORM^O01", [pid, "ORC|CA|P1^EMR|||||||20260415140000"]],
    ["ORM^O01", [pid, "ORC|SR|P1^EMR|||||||20260415150000"]],
  ).map((bundle) => eventsOf(request(bundle)))
  expect(made).toEqual([["NW", "2026-04-15T11:30:00+03:00"]])
  expect(cancelled).toEqual([["CA", "2026-04-15T14:00:00+03:00"]])
  expect(asked).toEqual(cancelled)
})

/** The events of an order: the control code, and when. */
function eventsOf(order: ServiceRequest | undefined) {
  const events = order?.extension?.filter(({ url }) => url.endsWith("/businessEvent"))
  return events?.map(({ extension = [] }) => [
    extension[0]?.valueCodeableConcept?.coding?.[0]?.code,
    extension[1]?.valueDateTime,
  ])
}
