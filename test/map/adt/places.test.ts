import { expect, test } from "bun:test"
import type { Encounter } from "fhir/r4"
import { readParts } from "../../../src/map/index.ts"
import type { Told } from "../../../src/message.ts"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"
import { openCentre } from "../centre.ts"

const site = ["KCH"]
const surgical = ["KCH, SUR", "KCH, SUR, 1", "KCH, SUR, 1, A"]
const maternity = ["KCH, MAT", "KCH, MAT, 3", "KCH, MAT, 3, B"]

test("the ward and the room of a bed are told with it while the visit has it", async () => {
  const centre = openCentre()
  let id = 0
  const told = async (event: string, ward: string) => {
    id++
    const lines = [
      `MSH|^~\\&|HIS|KCH|||2026041508${id}0||ADT^${event}|C${id}|P|2.5.1`,
      "PID|1||A1^^^KCH^MR",
      `PV1|1|I|${ward}${"|".repeat(16)}V1`,
    ]
    const { bundle } = await centre.deliver(message(lines, { id }))
    expect(invalid(bundle)).toEqual([])
    return resources(bundle, "Location").map(({ name }) => name as string)
  }
  expect(await told("A01", "SUR^1^A^KCH")).toEqual([...site, ...surgical])
  expect(await told("A02", "MAT^3^B^KCH")).toEqual([...site, ...surgical, ...maternity])
  expect(await told("A08", "")).toEqual([...site, ...surgical, ...maternity])
  expect(await told("A12", "")).toEqual([...site, ...surgical])
})

test("who is back from x-ray is on their ward, also where only the centre knew", () => {
  const visitOf = (event: string, temporary: string, known: Told[] = []) => {
    const lines = [
      `MSH|^~\\&|HIS|KCH|||20260415100000||ADT^${event}|C1|P|2.5.1`,
      "EVN||20260415100000",
      "PID|1||A1^^^KCH^MR",
      `PV1|1|I|${"|".repeat(8)}${temporary}${"|".repeat(8)}V1`,
    ]
    const { bundle } = mapped(message(lines), known)
    const [visit] = resources(bundle, "Encounter")
    if (visit === undefined) throw new Error("no visit")
    return visit
  }
  const states = (visit: Encounter) =>
    visit.location?.map(({ location, status }) => `${location.display} ${status}`)
  const away = visitOf("A10", "XRAY")
  const [xray] = away.location ?? []
  expect(xray?.extension?.[0]?.valueCodeableConcept?.coding?.[0]?.code).toBe("temporary")
  const there: Encounter = {
    ...away,
    location: [
      { location: { display: "SUR" }, status: "active" },
      { ...xray, location: { display: "XRAY" }, status: "active" },
    ],
  }
  const own = { system: "urn:waystation:kisumu-01", value: away.identifier?.[0]?.value ?? "" }
  const back = visitOf("A10", "", readParts(there, own))
  expect(states(back)).toEqual(["SUR active", "XRAY completed"])
})
