import { describe, expect, test } from "bun:test"
import type { Bundle, BundleEntry, Immunization } from "fhir/r4"
import { mapMessage, maps } from "../../src/map/index.ts"
import type { Mapped } from "../../src/mapping.ts"
import { invalid } from "../validate.ts"
import { context, message, resources } from "./build.ts"

const pid = "PID|1||KSM-20771^^^KISUMU^MR||OUMA^BRIAN||20250610|M"
const orc = "ORC|RE||13696^EMR"
const rxa = "RXA|0|1|20260415||03^MMR^CVX|0.5|mL"

describe("a vaccine and the resource it is", () => {
  test("a correction and a deletion land on it by its number, whatever else has changed", () => {
    const first = request(bundleOf([pid, orc, rxa]))
    expect(first?.method).toBe("PUT")
    const corrected = "RXA|0|1|20260414||94^MMRV^CVX||||||||||||||CP|U"
    expect(request(bundleOf([pid, orc, corrected]))).toEqual(first)
    const deleted = bundleOf([pid, orc, "RXA|0|1|20260415||03^MMR^CVX||||||||||||||||D"])
    expect(request(deleted)).toEqual(first)
    expect(immunizations(deleted)).toMatchObject([{ status: "entered-in-error" }])
  })

  test("without a number it is what was given to whom, and when", () => {
    const first = request(bundleOf([pid, rxa]))
    expect(request(bundleOf([pid, "ORC|RE||9999^EMR", rxa]))).toEqual(first)
    expect(request(bundleOf([pid, rxa.replace("0415", "0416")]))).not.toEqual(first)
    expect(request(bundleOf([pid, rxa.replace("03^MMR", "08^Hep B")]))).not.toEqual(first)
    expect(request(bundleOf([pid.replace("20771", "20772"), rxa]))).not.toEqual(first)
  })

  test("one number of two senders that name no assigner is two vaccines", () => {
    const bare = [pid, "ORC|RE||1", rxa]
    const here = request(bundleOf(bare, "EMR|NORTH"))
    expect(request(bundleOf(bare, "EMR|SOUTH"))).not.toEqual(here)
  })

  test("one number over two vaccines makes two, the same two next time", () => {
    const both = [pid, orc, rxa, orc, rxa.replace("03^MMR", "08^Hep B")]
    const made = immunizations(bundleOf(both))
    expect(new Set(made.map(({ identifier }) => identifier?.[0]?.value)).size).toBe(2)
    const turned = [pid, orc, rxa.replace("03^MMR", "08^Hep B"), orc, rxa]
    expect(immunizations(bundleOf(turned)).toReversed()).toEqual(made)
  })

  test("no change (RXA-21 X) creates it where it is absent and overwrites nothing", () => {
    expect(request(bundleOf([pid, orc, `${rxa}||||||||||||||X`]))?.method).toBe("POST")
  })

  test("each has the order above it and none that is another's", () => {
    const [first, second] = immunizations(bundleOf([pid, orc, rxa, rxa.replace("0415", "0315")]))
    expect(first?.identifier).toHaveLength(2)
    expect(second?.identifier).toHaveLength(1)
  })
})

describe("whether a vaccine was given", () => {
  const statuses: [string, string, Immunization["status"]][] = [
    ["CP", "", "completed"],
    ["", "", "completed"],
    ["PA", "", "completed"],
    ["RE", "", "not-done"],
    ["RE", "00^Parental decision^NIP002", "not-done"],
    ["NA", "", "not-done"],
    ["", "00^Parental decision^NIP002", "not-done"],
    ["CP", "00^Parental decision^NIP002", "completed"],
    ["ZZ", "", "completed"],
    ["ZZ", "00^Parental decision^NIP002", "not-done"],
  ]
  test.each(statuses)("RXA-20 %j beside the refusal %j makes it %s", (code, refusal, status) => {
    const bundle = bundleOf([pid, orc, `${rxa}|||||||||||${refusal}||${code}`])
    expect(immunizations(bundle)).toMatchObject([{ status }])
  })

  test("a refusal of every vaccine (998) is one, and a forecast under 998 is none", () => {
    const none = "RXA|0|1|20260415||998^No vaccine^CVX|999||||||||||||00^Parental^NIP002||RE"
    expect(immunizations(bundleOf([pid, none]))).toMatchObject([{ status: "not-done" }])
    const reasonless = none.replace("00^Parental^NIP002", "")
    expect(immunizations(bundleOf([pid, reasonless]))).toMatchObject([{ status: "not-done" }])
    const forecast = "RXA|0|1|20260415||998^No vaccine^CVX|999||||||||||||||NA"
    expect(immunizations(bundleOf([pid, forecast]))).toEqual([])
  })
})

describe("what is said below a vaccine", () => {
  const coded = (code: string, subId: string, value: string) =>
    `OBX|1|CE|${code}^Said^LN|${subId}|${value}||||||F|||20260415`
  const dated = (code: string, subId: string, value: string) =>
    `OBX|1|DT|${code}^Said^LN|${subId}|${value}||||||F`

  test("two vaccines of a forecast are told apart also where OBX-4 stays the same", () => {
    const lines = [
      coded("30956-7", "1", "03^MMR^CVX"),
      dated("30980-7", "1", "20260601"),
      coded("30956-7", "1", "10^IPV^CVX"),
      dated("30980-7", "1", "20290601"),
    ]
    const [made] = resources(bundleOf([pid, orc, rxa, ...lines]), "ImmunizationRecommendation")
    const due = made?.recommendation.map(({ vaccineCode, dateCriterion }) => [
      vaccineCode?.[0]?.coding?.[0]?.code,
      dateCriterion?.[0]?.value,
    ])
    expect(due).toEqual([
      ["03", "2026-06-01"],
      ["10", "2029-06-01"],
    ])
  })

  test("a dose number is of the vaccine that was given, and under none of the next", () => {
    const dose = [coded("30956-7", "1", "03^MMR^CVX"), "OBX|1|NM|30973-2^Dose^LN|1|2||||||F"]
    const given = bundleOf([pid, orc, rxa, ...dose])
    expect(immunizations(given)[0]?.protocolApplied).toMatchObject([{ doseNumberPositiveInt: 2 }])
    const none = "RXA|0|1|20260415||998^No vaccine^CVX|999||||||||||||||NA"
    const [next] = resources(bundleOf([pid, none, ...dose]), "ImmunizationRecommendation")
    expect(next?.recommendation).toMatchObject([{ doseNumberPositiveInt: 2 }])
  })

  test("the next forecast of a sender takes the place of the one before", () => {
    const forecast = (vaccine: string) => [
      coded("30956-7", "1", vaccine),
      dated("30980-7", "1", "20260601"),
    ]
    const url = (vaccine: string) =>
      request(bundleOf([pid, rxa, ...forecast(vaccine)]), "ImmunizationRecommendation")?.url
    expect(url("03^MMR^CVX")).toBe(url("10^IPV^CVX") ?? "")
  })

  test("a date that is none and a vaccine type alone are kept as observations", () => {
    const lines = [dated("30980-7", "1", "soon"), coded("30956-7", "2", "03^MMR^CVX")]
    const bundle = bundleOf([pid, orc, rxa, ...lines])
    expect(resources(bundle, "Observation")).toHaveLength(2)
    expect(resources(bundle, "ImmunizationRecommendation")).toHaveLength(0)
  })

  test("funding that was taken back is no element of the vaccine", () => {
    const back = coded("30963-3", "1", "PHC70^Private^CDCPHINVS").replace("||F|", "||D|")
    const bundle = bundleOf([pid, orc, rxa, back])
    expect(immunizations(bundle)[0]?.fundingSource).toBeUndefined()
    expect(resources(bundle, "Observation")).toMatchObject([{ status: "entered-in-error" }])
  })

  test("a booster is a dose as it is called, and a zero no number of R4's", () => {
    const dose = (value: string) => `OBX|1|ST|30973-2^Dose^LN|1|${value}||||||F`
    const applied = (value: string) =>
      immunizations(bundleOf([pid, orc, rxa, dose(value)]))[0]?.protocolApplied
    expect(applied("booster")).toEqual([{ doseNumberString: "booster" }])
    expect(applied("0")).toEqual([{ doseNumberString: "0" }])
    expect(applied("3")).toEqual([{ doseNumberPositiveInt: 3 }])
  })

  test("information with dates and the vaccine it is about, as it was written before", () => {
    const lines = [coded("30956-7", "1", "03^MMR^CVX"), dated("29769-7", "1", "20260415")]
    expect(immunizations(bundleOf([pid, orc, rxa, ...lines]))[0]?.education).toEqual([
      { documentType: "MMR (03)", presentationDate: "2026-04-15" },
    ])
  })
})

test("a file below a vaccine is a document", () => {
  const file = "OBX|1|ED|CARD^Vaccination card^99KSM||^Image^gif^Base64^R0lGODlh||||||F"
  const [document] = resources(bundleOf([pid, orc, rxa, file]), "DocumentReference")
  expect(document?.content).toMatchObject([{ attachment: { contentType: "image/gif" } }])
})

test("the amount of 999 is not known, and no amount is 999 mL", () => {
  const of = (amount: string) =>
    immunizations(bundleOf([pid, orc, rxa.replace("0.5", amount)]))[0]?.doseQuantity?.value
  expect(of("999")).toBeUndefined()
  expect(of("0.25")).toBe(0.25)
})

test("a part of the body is that of the table it is of: LN is a naris or a lymph node", () => {
  const of = (code: string) =>
    immunizations(bundleOf([pid, orc, rxa, `RXR|NS|${code}`]))[0]?.site?.coding?.[0]?.display
  expect(of("LN^^HL70163")).toBe("Left Naris")
  expect(of("LN^^HL70550")).toBe("Lymph Node")
  expect(of("PELV^^HL70550")).toBe("Pelvis")
})

test("where it was given is a place with its address, or that of its address alone", () => {
  const at = (fields: string) => bundleOf([pid, orc, `${rxa}||||${fields}`], "EMR|KISUMU")
  const placed = at("MCH^R2^^KISUMU|||||||||||||||||12 Oginga Odinga St^^Kisumu")
  expect(resources(placed, "Location")).toMatchObject([
    { name: "KISUMU" },
    { name: "KISUMU, MCH" },
    { name: "KISUMU, MCH, R2", address: { line: ["12 Oginga Odinga St"], city: "Kisumu" } },
  ])
  const described = at("^^^KISUMU||||||||||||||||^^^^^^^^Behind the market")
  expect(resources(described, "Location")).toMatchObject([
    { name: "KISUMU", description: "Behind the market" },
  ])
  const addressed = at("|||||||||||||||||12 Oginga Odinga St^^Kisumu")
  expect(resources(addressed, "Location")).toMatchObject([
    { name: "12 Oginga Odinga St, Kisumu", address: { city: "Kisumu" } },
  ])
  expect(immunizations(addressed)[0]?.location?.display).toBe("12 Oginga Odinga St, Kisumu")
})

test("a message without a patient is held, and one of nothing but a patient says so", () => {
  expect(map([orc, rxa])).toEqual({ problem: "no PID segment" })
  expect(map([pid])).toMatchObject({ notes: ["no RXA and no OBX: nothing is told"] })
})

function map(segments: string[], sender = "EMR|KISUMU"): Mapped {
  const msh = `MSH|^~\\&|${sender}|||20260415120000||VXU^V04|1|P|2.5.1`
  return mapMessage(maps, message([msh, ...segments]), context())
}

function bundleOf(segments: string[], sender?: string): Bundle {
  const mapped = map(segments, sender)
  if ("problem" in mapped) throw new Error(mapped.problem)
  expect(invalid(mapped.bundle)).toEqual([])
  return mapped.bundle
}

function immunizations(bundle: Bundle): Immunization[] {
  return resources(bundle, "Immunization")
}

function request(bundle: Bundle, type = "Immunization"): BundleEntry["request"] {
  return bundle.entry?.find(({ resource }) => resource?.resourceType === type)?.request
}
