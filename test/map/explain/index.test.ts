import { expect, test } from "bun:test"
import { explain } from "../../../src/map/explain/index.ts"
import { mapMessage, maps } from "../../../src/map/index.ts"
import type { Mapped } from "../../../src/mapping.ts"
import type { Message } from "../../../src/message.ts"
import { context, message } from "../build.ts"

const header = "MSH|^~\\&|LAB|KCL|||20260415120000||ORU^R01^ORU_R01|X-1|P|2.5.1"
const patient = "PID|1||P-1^^^KCL^MR||OTIENO^JANE||19900203|F|||||0712^PRN~0713^WPN"
const order = "OBR|1||F-1|718-7^Haemoglobin^LN|||20260415114500||||||||||||||||||F"

test("every field that holds anything is explained once, and no empty one", () => {
  const explained = explainedOf([header, patient, order, obx()])
  expect(Object.keys(explained).filter((field) => field.startsWith("PID"))).toEqual([
    ...["PID-1", "PID-3", "PID-5", "PID-7", "PID-8", "PID-13[1]", "PID-13[2]"],
  ])
  expect(explained["MSH-1"]).toBeUndefined()
})

test("a field is said to be where its value stands in the Bundle", () => {
  const explained = explainedOf([header, patient, order, obx()])
  expect(explained["PID-7"]).toBe("Patient.birthDate")
  expect(explained["OBX-8"]).toBe("Observation.interpretation")
  expect(explained["MSH-7"]).toBe("Provenance.recorded")
})

test("what a whole resource stands or falls with is said to be where its value is, only", () => {
  const explained = explainedOf([header, patient, order, obx()])
  expect(explained["OBX-3"]).toBe("Observation.code")
  expect(explained["PID-3"]).toBe("Patient.identifier")
})

test("each repetition is looked at by itself", () => {
  const explained = explainedOf([header, patient.replace("|F|", "|F~M|"), order, obx()])
  expect(explained["PID-13[2]"]).toBe("Patient.telecom")
  expect(explained["PID-8[1]"]).toBe("Patient.gender")
  expect(explained["PID-8[2]"]).toBe("left out: another of its repetitions counts")
})

test("segments of one name are told apart by their number", () => {
  const explained = explainedOf([header, patient, order, obx("718-7"), obx("789-8")])
  expect(explained["OBX[1]-3"]).toBe("Observation.code")
  expect(explained["OBX[2]-3"]).toBe("Observation.code")
})

test("a field the map drops with a note is left out for what the note says", () => {
  const impossible = patient.replace("19900203", "19901399")
  expect(explainedOf([header, impossible, order, obx()])["PID-7"]).toStartWith("left out: PID-7")
})

test("a segment that no map reads is left out as a whole", () => {
  const explained = explainedOf([header, patient, "ZPI|1|local"])
  expect(explained["ZPI-2"]).toMatch(/^left out: /)
})

test("a field that is said to be deleted is no field that nothing is made of", () => {
  const a08 = header.replace("ORU^R01^ORU_R01", "ADT^A08^ADT_A01")
  const explained = explainedOf([a08, patient.replace("0712^PRN~0713^WPN", '""')])
  expect(explained["PID-13"]).toBe("Patient, which loses it")
})

test("a message that is held has no explanation but why it is held", () => {
  const given = message([header.replace("ORU^R01^ORU_R01", "ADT^A08^ADT_A01")])
  expect(explain(given, { site: "kisumu-01", source: {}, map })).toBe("no PID segment")
})

test("a message in another charset is explained like one in UTF-8", () => {
  const latin = [header.replace("2.5.1", "2.5.1||||||8859/1"), patient.replace("JANE", "ANAÏS")]
  const bytes = Buffer.from(`${latin.join("\r")}\r`, "latin1")
  const explained = explain(message([], { bytes }), { site: "kisumu-01", source: {}, map })
  expect(explained).toContainEqual({ field: "PID-5", to: ["Patient.name"] })
})

function obx(code = "718-7"): string {
  return `OBX|1|NM|${code}^Haemoglobin^LN||11.8|g/dL|12.0-16.0|L|||F`
}

function map(given: Message): Mapped {
  return mapMessage(maps, given, context())
}

function explainedOf(lines: readonly string[]): Record<string, string> {
  const explained = explain(message(lines), { site: "kisumu-01", source: {}, map })
  if (typeof explained === "string") throw new Error(explained)
  return Object.fromEntries(
    explained.map((one) => [
      one.field,
      "to" in one ? one.to.join(", ") : `left out: ${one.leftOut}`,
    ]),
  )
}

test("fields that no map asks for are tried together, and none of them by itself", () => {
  let mappings = 0
  const count = (one: Message) => {
    mappings++
    return map(one)
  }
  const lines = [header, `${patient}${"|x".repeat(20)}`, order, obx("718-7"), "ZPI|a|b|c|d|e|f|g|h"]
  const given = { site: "kisumu-01", source: {}, map: count }
  const explained = explain(message(lines), given)
  const silent = Object.values(explained).filter((one) => "leftOut" in one)
  expect(silent.length).toBeGreaterThan(20)
  expect(mappings).toBeLessThan(explained.length)
})

test("a number that tells groups apart is no field that nothing is made of", () => {
  const vxu = header.replace("ORU^R01^ORU_R01", "VXU^V04^VXU_V04")
  const vaccine = "OBX|1|CE|30956-7^Vaccine type^LN|1|20^DTaP^CVX||||||F"
  const published = "OBX|2|DT|29768-9^VIS published^LN|1|20260101||||||F"
  const given = "OBX|3|DT|29769-7^VIS presented^LN|1|20260415||||||F"
  const rxa = "RXA|0|1|20260415||20^DTaP^CVX|0.5|mL"
  const explained = explainedOf([vxu, patient, "ORC|RE||V-1", rxa, vaccine, published, given])
  expect(explained["OBX[2]-4"]).not.toStartWith("left out")
})
