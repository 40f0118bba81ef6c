import { describe, expect, test } from "bun:test"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

/** Where a message of these ORC says that its orders were placed. */
function placeOf(orcs: readonly string[], type = "OML^O21", more: readonly string[] = []) {
  const lines = [
    `MSH|^~\\&|EMR|KISUMU|||20260415||${type}|C1|P|2.5.1`,
    ...more,
    "PID|1||A1^^^KISUMU",
    ...orcs.flatMap((orc, at) => [orc, `OBR|${at + 1}|P-${at}||718-7^Haemoglobin^LN`]),
  ]
  const { bundle } = mapped(message(lines))
  const places = resources(bundle, "Location").map(({ name }) => name)
  return [resources(bundle, "Provenance")[0]?.location?.display, places]
}

function orc(control: string, facility: string): string {
  return `ORC|${control}|P-1|F-1${"|".repeat(18)}${facility}|12 Lake Road^^Kisumu|^WPN^PH^^254^57^1`
}

test("orders are placed at the facility that all of them name", () => {
  const lake = ["Lake Clinic", ["Lake Clinic"]]
  expect(placeOf([orc("NW", "Lake Clinic")])).toEqual(lake)
  expect(placeOf([orc("NW", "Lake Clinic"), orc("CA", "Lake Clinic")])).toEqual(lake)
  expect(placeOf([orc("NW", "Lake Clinic"), "ORC|NW|P-2"])).toEqual(lake)
})

test("orders of two facilities are placed at neither", () => {
  expect(placeOf([orc("NW", "Lake Clinic"), orc("NW", "Hill Clinic")])).toEqual([undefined, []])
})

test("what a laboratory says of an order is not said at the facility that placed it", () => {
  const nowhere = [undefined, []]
  expect(placeOf([orc("SC", "Lake Clinic")])).toEqual(nowhere)
  expect(placeOf([orc("OK", "Lake Clinic")], "ORL^O22", ["MSA|AA|C0"])).toEqual(nowhere)
  expect(placeOf([orc("RE", "Lake Clinic")], "ORU^R01")).toEqual(nowhere)
})

test("an order of something that is no service says nothing of where one was placed", () => {
  const lines = [
    "MSH|^~\\&|EMR|KISUMU|||20260415||ORM^O01|C1|P|2.5.1",
    "PID|1||A1^^^KISUMU",
    orc("NW", "Lake Clinic"),
    "RQD|1|23455^Implant",
    "ORC|NW|P-2",
    "OBR|1|P-2||718-7^Haemoglobin^LN",
  ]
  expect(resources(mapped(message(lines)).bundle, "Location")).toEqual([])
})

test("a prescription is placed at a facility too", () => {
  const lines = [
    "MSH|^~\\&|EMR|KISUMU|||20260415||OMP^O09|C1|P|2.5.1",
    "PID|1||A1^^^KISUMU",
    orc("NW", "Lake Clinic^^7^^^MOH"),
    "RXO|1^Paracetamol^99DRG|500",
  ]
  const { bundle } = mapped(message(lines))
  expect(resources(bundle, "Location")).toMatchObject([
    {
      identifier: [{}, { system: "urn:waystation:kisumu-01:MOH", value: "7" }],
      name: "Lake Clinic",
      address: { city: "Kisumu" },
      telecom: [{ value: "+254 57 1" }],
      managingOrganization: { display: "Lake Clinic" },
    },
  ])
})

describe("who took part in an order", () => {
  const entered =
    "20260415|N3^WERE^ANN|N4^OKELLO^JOHN||||||ER^Emergency^99KSM|^Terminal 12|N5^AUMA^RUTH"

  test("is told by who placed it, with the terminal, which without a code is only named", () => {
    const { agent, activity, occurredDateTime, devices } = toldBy([`ORC|NW|P-1|||||||${entered}`])
    expect(agent).toEqual([
      ["enterer", "ANN WERE", "Emergency"],
      ["verifier", "JOHN OKELLO", undefined],
      [undefined, "Terminal 12", undefined],
      ["performer", "RUTH AUMA", undefined],
    ])
    expect(activity).toBe("CREATE")
    expect(occurredDateTime).toBe("2026-04-15")
    expect(devices).toEqual([])
  })

  test("is the department where nobody is named who entered it", () => {
    const orc = `ORC|NW|P-1${"|".repeat(15)}ER^Emergency^99KSM`
    expect(toldBy([orc]).agent).toEqual([["enterer", "Emergency", undefined]])
  })

  test("is repeated by the laboratory, which tells of its own part alone", () => {
    const { agent, activity } = toldBy([`ORC|SC|P-1|||||||${entered}`])
    expect(agent).toEqual([["performer", "RUTH AUMA", undefined]])
    expect(activity).toBe("UPDATE")
  })

  test("is told of all orders; what was done, and when, where they have it in common", () => {
    const second = "ORC|CA|P-2|||||||20260416|N3^WERE^ANN|N4^OKELLO^JOHN"
    const told = toldBy([`ORC|NW|P-1|||||||${entered}`, second])
    expect(told.agent.map(([, who]) => who)).toEqual([
      ...["ANN WERE", "JOHN OKELLO", "Terminal 12", "RUTH AUMA"],
      // For another department, or for none.
      "ANN WERE",
    ])
    expect([told.activity, told.occurredDateTime]).toEqual([undefined, undefined])
  })
})

/** What the Provenance of a message of these ORC says beside who assembled it. */
function toldBy(orcs: readonly string[]) {
  const lines = [
    "MSH|^~\\&|EMR|KISUMU|||20260415||OML^O21|C1|P|2.5.1",
    "PID|1||A1^^^KISUMU",
    ...orcs.flatMap((orc, at) => [orc, `OBR|${at + 1}|P-${at + 1}||718-7^Haemoglobin^LN`]),
  ]
  const { bundle } = mapped(message(lines))
  expect(invalid(bundle)).toEqual([])
  const [provenance] = resources(bundle, "Provenance")
  return {
    agent: (provenance?.agent ?? []).slice(1).map(({ type, who, onBehalfOf }) => {
      return [type?.coding?.[0]?.code, who.display, onBehalfOf?.display]
    }),
    activity: provenance?.activity?.coding?.[0]?.code,
    occurredDateTime: provenance?.occurredDateTime,
    devices: resources(bundle, "Device"),
  }
}
