import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { mapMessage, maps, ownedResources, readParts } from "../../src/map/index.ts"
import type { Told } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, mapped, message, resources } from "./build.ts"

const header = (event: string, id = "C1") =>
  `MSH|^~\\&|HIS|KISUMU|CENTRAL|MOH|20260415081500||ADT^${event}|${id}|P|2.5.1`
const pid = (rest = "") => `PID|1||A1^^^KISUMU^MR||ACHIENG^GRACE||19880412|F${rest}`
const visit = (rest = "") => `PV1|1|I|||||||||||||||||V1${rest}`
const admitted = `${"|".repeat(25)}20260415080000`

/** The messages in this order, each over what the ones before it told; ids from 1. */
function inTurn(...messages: string[][]) {
  let known: Told[] = []
  return messages.map((lines, at) => {
    const made = mapped(message(lines, { id: at + 1 }), known)
    const said = new Set(made.told.map(({ part, resource }) => resource + part))
    known = [...known.filter(({ part, resource }) => !said.has(resource + part)), ...made.told]
    return { ...made, known, patient: resources(made.bundle, "Patient")[0] }
  })
}

describe("a registration", () => {
  const bytes = readFileSync(join(import.meta.dir, "../messages/adt-a04-registration.hl7"))
  const { bundle, notes, told } = mapped(message([], { bytes }))

  test("is one valid transaction with everything the message says", () => {
    expect([...invalid(bundle), ...notes]).toEqual([])
    const methods = bundle.entry?.map(
      (entry) => `${entry.request?.method} ${entry.resource?.resourceType}`,
    )
    expect(methods).toEqual([
      "PUT Patient",
      "POST Practitioner",
      "PUT Condition",
      "PUT Encounter",
      ...new Array<string>(3).fill("POST Location"),
      "PUT RelatedPerson",
      "PUT AllergyIntolerance",
      "POST Organization",
      "PUT Coverage",
      "POST Provenance",
    ])
  })

  test("says which resources it keeps up to date and what it told of each field", () => {
    const owned = ownedResources(maps, message([], { bytes }), context())
    expect(owned.map((name) => name.split("/")[0])).toEqual(["Patient", "Encounter"])
    expect(told.filter(({ resource }) => resource === owned[0]).map(({ part }) => part)).toEqual([
      "PID-3",
      "PID-5",
      "PID-7",
      "PID-8",
      "PID-11",
      "PID-13",
      "PID-15",
      "PID-16",
      "PD1-4",
      "NK1",
    ])
  })

  test("gives the same Bundle byte for byte when it is mapped again", () => {
    const again = mapped(message([], { bytes }))
    expect(JSON.stringify(again.bundle)).toBe(JSON.stringify(bundle))
    const overItself = mapped(message([], { bytes }), told)
    expect(JSON.stringify(overItself.bundle)).toBe(JSON.stringify(bundle))
  })

  test("is traced to the message and to its stored bytes", () => {
    const [provenance] = resources(bundle, "Provenance")
    expect(provenance?.recorded).toBe("2026-04-15T08:15:00+03:00")
    expect(provenance?.target.length).toBe((bundle.entry?.length ?? 0) - 1)
    expect(provenance?.entity?.map(({ what }) => what.identifier?.value)).toEqual([
      "ADT-20260415-0001",
      new Bun.CryptoHasher("sha256").update(bytes).digest("hex"),
    ])
  })
})

describe("an update of a patient", () => {
  test("that leaves out the phone does not delete it", () => {
    const [, after] = inTurn([header("A28"), pid("|||||0712345678")], [header("A31", "C2"), pid()])
    expect(after?.patient?.telecom).toEqual([{ system: "phone", value: "0712345678", use: "home" }])
  })

  test("deletes what it sends as a pair of quotes, and never writes the quotes", () => {
    const [, deleted, later] = inTurn(
      [header("A28"), pid("|||12 Road^^Kisumu||0712345678")],
      [header("A31", "C2"), pid('|||""||""')],
      [header("A31", "C3"), pid()],
    )
    expect(deleted?.patient).not.toHaveProperty("telecom")
    expect(deleted?.patient).not.toHaveProperty("address")
    expect(JSON.stringify(deleted?.bundle)).not.toContain('\\"\\"')
    expect(later?.patient).not.toHaveProperty("telecom")
  })

  test("that is older than what is known changes nothing of it", () => {
    const [, newer] = inTurn(
      [header("A28"), pid("|||||0700000001")],
      [header("A31", "C2"), pid("|||||0700000002")],
    )
    const replayed = mapped(
      message([header("A28"), pid("|||||0700000001")], { id: 1 }),
      newer?.known,
    )
    expect(resources(replayed.bundle, "Patient")[0]?.telecom?.[0]?.value).toBe("0700000002")
  })

  test("keeps the family doctor of an earlier message, and the doctor's own entry with it", () => {
    const [, after] = inTurn(
      [header("A28"), pid(), "PD1||||P-1^OTIENO^SAMUEL"],
      [header("A31", "C2"), pid()],
    )
    expect(after?.patient?.generalPractitioner?.[0]?.display).toBe("SAMUEL OTIENO")
    expect(after && resources(after.bundle, "Practitioner").length).toBe(1)
    expect(after && invalid(after.bundle)).toEqual([])
  })

  test("keeps what stands at central and no message has spoken of", () => {
    const [first] = inTurn([header("A31"), pid()])
    const own = first?.patient?.identifier?.[0]
    if (own?.system === undefined || own.value === undefined) throw new Error("no identifier")
    const there = readParts(
      { resourceType: "Patient", photo: [{ title: "at the gate" }], gender: "male" },
      { system: own.system, value: own.value },
    )
    const [patient] = resources(mapped(message([header("A31"), pid()]), there).bundle, "Patient")
    expect(patient?.photo).toEqual([{ title: "at the gate" }])
    expect(patient?.gender).toBe("female")
  })

  test("is about the person alone, whatever its PV1 says", () => {
    for (const event of ["A28", "A31"]) {
      const [made] = inTurn([header(event), pid(), visit(admitted), "DG1|1||B54^Malaria^I10"])
      expect(made && resources(made.bundle, "Encounter")).toEqual([])
      expect(made && resources(made.bundle, "Condition")[0]?.encounter).toBeUndefined()
    }
  })
})

describe("a visit", () => {
  const encounter = (made: ReturnType<typeof inTurn>[number] | undefined) =>
    made && resources(made.bundle, "Encounter")[0]

  test("is opened by an admission, kept by updates, and finished by a discharge", () => {
    const steps = inTurn(
      [header("A01"), pid(), visit(admitted)],
      [header("A08", "C2"), pid(), visit()],
      [header("A03", "C3"), pid(), visit(`${admitted}|20260416100000`)],
      [header("A08", "C4"), pid(), visit()],
    )
    expect(steps.map((made) => encounter(made)?.status)).toEqual([
      "in-progress",
      "in-progress",
      "finished",
      "finished",
    ])
    expect(new Set(steps.map((made) => encounter(made)?.identifier?.[0]?.value)).size).toBe(1)
    expect(encounter(steps[3])?.period).toEqual({
      start: "2026-04-15T08:00:00+03:00",
      end: "2026-04-16T10:00:00+03:00",
    })
    expect(steps.flatMap((made) => invalid(made.bundle))).toEqual([])
  })

  test("stays finished when its admission is sent again after the discharge", () => {
    const [, discharged] = inTurn(
      [header("A01"), pid(), visit(admitted)],
      [header("A03", "C2"), pid(), visit()],
    )
    const replayed = mapped(
      message([header("A01"), pid(), visit(admitted)], { id: 1 }),
      discharged?.known,
    )
    expect(resources(replayed.bundle, "Encounter")[0]?.status).toBe("finished")
  })

  test("keeps its diagnoses through an update that lists none", () => {
    const [, after] = inTurn(
      [header("A01"), pid(), visit(), "DG1|1||B54^Malaria^I10|||A||||||||||P-2^WERE^JOY"],
      [header("A08", "C2"), pid(), visit()],
    )
    expect(encounter(after)?.diagnosis?.length).toBe(1)
    expect(after && invalid(after.bundle)).toEqual([])
    const again = after?.bundle.entry?.find(
      ({ resource }) => resource?.resourceType === "Condition",
    )
    expect(again?.request?.method).toBe("POST")
  })

  test("loses a diagnosis that is taken back, which is kept as an error", () => {
    const diagnosis = (action: string) => `DG1|1||B54^Malaria^I10||||||||||||||||||${action}`
    const [, after, later] = inTurn(
      [header("A01"), pid(), visit(), diagnosis("A")],
      [header("A08", "C2"), pid(), visit(), `${diagnosis("D")}`],
      [header("A08", "C3"), pid(), visit()],
    )
    const conditions = after && resources(after.bundle, "Condition")
    expect(
      conditions?.map(({ verificationStatus }) => verificationStatus?.coding?.[0]?.code),
    ).toEqual(["entered-in-error"])
    expect(encounter(after)).not.toHaveProperty("diagnosis")
    expect(encounter(later)).not.toHaveProperty("diagnosis")
  })

  test("is not made of a PV1 that says nothing", () => {
    for (const empty of ["PV1|1", "PV1|1|N", "PV1"]) {
      const [made] = inTurn([header("A08"), pid(), empty])
      expect(encounter(made)).toBeUndefined()
    }
    expect(encounter(inTurn([header("A08"), pid()])[0])).toBeUndefined()
  })
})

describe("an ADT message nothing can be said about is held", () => {
  test.each([
    ["no PID segment", [header("A08")]],
    ["PID-3 names no patient number", [header("A08"), "PID|1||||ACHIENG"]],
    ["PID-3 names no patient number", [header("A08"), 'PID|1||""||ACHIENG']],
    ["PID-3 names no patient number", [header("A08"), "PID|1||^^^KISUMU^MR||ACHIENG"]],
  ])("%s", (problem, lines) => {
    expect(mapMessage(maps, message(lines), context())).toEqual({ problem })
  })
})

test("segments that no map reads are named on the trail, once each", () => {
  const { notes } = mapped(message([header("A08"), pid(), "ZPI|1|x", "NPU|1", "ZPI|2|y"]))
  expect(notes).toEqual(["segments that no map reads: ZPI, NPU"])
})

test("an impossible date is left out and noted, and the rest of the message goes on", () => {
  const lines = [
    header("A01"),
    "PID|1||A1||ACHIENG||19880231|F",
    visit(`${"|".repeat(25)}20261399`),
  ]
  const { bundle, notes } = mapped(message(lines))
  expect(resources(bundle, "Patient")[0]).not.toHaveProperty("birthDate")
  expect(resources(bundle, "Encounter")[0]).not.toHaveProperty("period")
  expect(notes).toEqual([
    "PV1-44: there is no such day; it is left out",
    "PID-7: there is no such day; it is left out",
  ])
  expect(invalid(bundle)).toEqual([])
})
