import { expect, test } from "bun:test"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

function admitted(evn: string, event = "A01") {
  return mapped(
    message([
      `MSH|^~\\&|HIS|KISUMU|||20260415||ADT^${event}|C1|P|2.5.1`,
      evn,
      "PID|||4711^^^MOH^MR",
      "PV1||I|MAT^3^B^KCH|||||||||||||||V1",
    ]),
  )
}

test("when, why, where and by whom an event was entered stands in its Provenance", () => {
  const { bundle } = admitted("EVN||202604151000||01|P-5^Auma^Grace^^^^^^MOH|202604150930|KCH")
  const [provenance] = resources(bundle, "Provenance")
  expect(provenance).toMatchObject({
    occurredDateTime: "2026-04-15T09:30:00+03:00",
    reason: [{ coding: [{ code: "PATRQT" }] }],
    location: { display: "KCH" },
    agent: [{}, { type: { coding: [{ code: "enterer" }] }, who: { display: "Grace Auma" } }],
  })
  expect(resources(bundle, "Practitioner")).toHaveLength(1)
  expect(invalid(bundle)).toEqual([])
})

test("an event that tells nothing of itself adds nothing", () => {
  const { bundle } = admitted("EVN||202604151000||U")
  const [provenance] = resources(bundle, "Provenance")
  expect(provenance?.agent).toHaveLength(1)
  expect([provenance?.reason, provenance?.location, provenance?.occurredDateTime]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test("a cancel's EVN-6 is when what it takes back occurred, not when it was taken back", () => {
  const { bundle } = admitted("EVN||202604151000||||202604150930", "A11")
  expect(resources(bundle, "Provenance")[0]?.occurredDateTime).toBeUndefined()
})
