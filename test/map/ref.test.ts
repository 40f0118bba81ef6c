import { describe, expect, test } from "bun:test"
import { maps, ownedResources } from "../../src/map/index.ts"
import type { Told } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, mapped, message, resources } from "./build.ts"

const patient = "PID|1||MB-1^^^MBITA^MR||ONYANGO^PETER"
const referrer = "PRD|RP|AKOTH^JANE^^^Dr"

function rf1(fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return ["RF1", ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}

function ref(event: string, lines: string[], app = "CLINIC"): string[] {
  return [`MSH|^~\\&|${app}|MBITA|||20260415||REF^${event}|C1|P|2.5.1`, ...lines]
}

/** What the destination is told by messages that come one after another. */
function life(...messages: string[][]) {
  const known: Told[] = []
  const made = messages.map((lines, at) => {
    const { bundle, told, notes } = mapped(message(lines, { id: at + 1 }), known)
    expect(invalid(bundle)).toEqual([])
    known.push(...told)
    const [request] = resources(bundle, "ServiceRequest")
    return { bundle, notes, request, told }
  })
  const last = made.at(-1)
  if (last === undefined) throw new Error("no message")
  return { ...last, ids: made.map(({ request }) => request?.identifier?.[0]?.value) }
}

const made = ref("I12", [
  rf1({ 1: "P", 2: "R", 3: "MED", 6: "R-1^MBITA", 10: "O" }),
  referrer,
  "PRD|RT|ODUOR^SAM^^^Dr",
  patient,
  "DG1|1||K25.9^Gastric ulcer^I10",
])

describe("a referral", () => {
  test("that its receiver cancels keeps its reason and who it was for", () => {
    const cancelled = ref("I14", [rf1({ 1: "A", 6: "R-1^MBITA" }), referrer, patient], "HOSPITAL")
    const { request, bundle, ids } = life(made, cancelled)
    expect(request?.status).toBe("revoked")
    expect(request?.reasonReference?.length).toBe(1)
    expect(request?.performer?.[0]?.display).toBe("Dr SAM ODUOR")
    expect(resources(bundle, "Condition").length).toBe(1)
    expect(new Set(ids).size).toBe(1)
  })

  test("that is told of with another visit keeps the diagnosis it was made for", () => {
    const visit = (number: string) => `PV1||O${"|".repeat(17)}${number}`
    const changed = ref("I13", [rf1({ 6: "R-1^MBITA" }), referrer, patient, visit("V-2")])
    const { request, bundle } = life([...made, visit("V-1")], changed)
    expect(request?.reasonReference?.length).toBe(1)
    expect(resources(bundle, "Encounter").map(({ identifier }) => identifier?.[1]?.value)).toEqual([
      "V-2",
    ])
  })

  test.each([
    ["I12", "", "active"],
    ["I13", "A", "active"],
    ["I13", "R", "revoked"],
    ["I13", "E", "revoked"],
    ["I13", "", "unknown"],
    ["I13", "ODD", "unknown"],
    ["I14", "", "revoked"],
  ])("after %s with %j is %s", (event, code, status) => {
    const { request } = life(ref(event, [rf1({ 1: code, 6: "R-1" }), referrer, patient]))
    expect(request?.status).toBe(status as NonNullable<typeof request>["status"])
  })

  test("that is only asked about is created where it is absent, and nothing of it is told", () => {
    const { bundle, told, request } = life(ref("I15", [rf1({ 6: "R-1" }), referrer, patient]))
    const entry = bundle.entry?.find(({ resource }) => resource === request)
    expect(entry?.request?.method).toBe("POST")
    expect(told).toEqual([])
  })

  test("that is answered has the status of the answer, but where that refuses", () => {
    const answer = (code: string, status: string) => [
      "MSH|^~\\&|HOSPITAL|HOMA_BAY|||20260416||RRI^I12|C2|P|2.5.1",
      `MSA|${code}|C1`,
      rf1({ 1: status, 6: "R-1^MBITA" }),
      referrer,
      patient,
    ]
    expect(life(made, answer("AA", "R")).request?.status).toBe("revoked")
    expect(life(made, answer("AA", "A")).request?.status).toBe("active")
    expect(life(made, answer("AA", "A")).request?.reasonReference?.length).toBe(1)
    expect(life(answer("AE", "R")).told).toEqual([])
  })

  test("is asked for by its own name, but where it is only asked about", () => {
    const of = (event: string) => message(ref(event, [rf1({ 6: "R-1^MBITA" }), referrer, patient]))
    const name = `ServiceRequest/${life(made).ids[0]}`
    expect(ownedResources(maps, of("I13"), context())).toEqual([name])
    expect(ownedResources(maps, of("I15"), context())).toEqual([])
  })

  test("without a number is known by its message alone", () => {
    const of = (reason: string) =>
      life(ref("I12", [rf1({ 3: "MED", 10: reason }), referrer, patient])).ids[0]
    expect(of("O")).toBe(of("O"))
    expect(of("O")).not.toBe(of("S"))
  })

  test("is held without a patient, and where it says neither what nor to whom", () => {
    expect(() => mapped(message(ref("I12", [rf1({ 6: "R-1" })])))).toThrow("no PID segment")
    expect(() => mapped(message(ref("I12", [patient])))).toThrow("neither RF1 nor PRD")
  })
})

describe("the authorization of a referral", () => {
  test("that is asked for and not given is left out, and said so", () => {
    const { bundle, notes } = life([...made, "AUT|GOLD|NHIF-1^National fund"])
    expect(resources(bundle, "ClaimResponse")).toEqual([])
    expect(notes.join()).toContain("no number of an authorization (AUT-6)")
  })

  test("has the payor of the patient's insurance", () => {
    const insured = [
      "IN1|1|GOLD|NHIF-1^^^NHIF|National fund",
      "AUT||NHIF-1^National fund^NHIF||||77",
    ]
    const { bundle } = life([...made, ...insured])
    const [answer] = resources(bundle, "ClaimResponse")
    const [coverage] = resources(bundle, "Coverage")
    expect(answer?.insurer.reference).toBe(coverage?.payor[0]?.reference)
    expect(answer?.created).toBe("2026-04-15")
  })
})

describe("a provider", () => {
  test("without a number is one of this referral, and another's namesake is somebody else", () => {
    const role = (number: string) =>
      resources(
        life(ref("I12", [rf1({ 6: number }), referrer, patient])).bundle,
        "PractitionerRole",
      )
    expect(role("R-1")[0]?.identifier).not.toEqual(role("R-2")[0]?.identifier)
  })

  test("of whom only the organization is named is that organization", () => {
    const clinic = "PRD|RT|||||||||HOMA BAY HOSPITAL"
    const { request, bundle } = life(ref("I12", [rf1({ 6: "R-1" }), clinic, patient]))
    expect(resources(bundle, "Organization").length).toBe(1)
    expect(request?.performer?.[0]?.display).toBe("HOMA BAY HOSPITAL")
  })
})
