import { describe, expect, test } from "bun:test"
import type { Account } from "fhir/r4"
import { mapMessage, maps, ownedResources } from "../../src/map/index.ts"
import type { Told } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, mapped, message, resources } from "./build.ts"

const pid = "PID|1||KSM-30981^^^KISUMU^MR||AKINYI^FAITH||20180602|F||||||||||ACC-900^^^KISUMU^AN"
const insured = "IN1|1|SUPA^SupaCover|NHIF^^^MOH|National Hospital Insurance Fund"
const guarantor = "GT1|1||AKINYI^ROSE|||||||||MTH"

function header(event: string, id = "B1"): string {
  return `MSH|^~\\&|BILLING|KISUMU|||20260415120000||BAR^${event}|${id}|P|2.5.1`
}

function accountOf(lines: readonly string[], known: readonly Told[] = [], id = 7) {
  const made = mapped(message(lines, { id }), known)
  expect(invalid(made.bundle)).toEqual([])
  const [account] = resources(made.bundle, "Account")
  return { account, told: made.told }
}

describe("an account", () => {
  const opened = accountOf([header("P01"), pid, "PV1|1|I", guarantor, insured])

  test("keeps who pays and who answers for it when its end does not say so again", () => {
    const ended = accountOf([header("P06", "B2"), pid, "PV1|1|I"], opened.told, 8).account
    expect(ended?.status).toBe("inactive")
    expect(ended?.coverage).toEqual(opened.account?.coverage)
    expect(ended?.guarantor).toEqual(opened.account?.guarantor)
    expect(ended?.coverage).toHaveLength(1)
    expect(ended?.guarantor).toHaveLength(1)
  })

  test("is not opened again by an older message that comes late", () => {
    const ended = accountOf([header("P06", "B2"), pid], opened.told, 8)
    const known = [...opened.told, ...ended.told]
    const late = accountOf([header("P05", "B0"), pid, "PV1|1|I"], known, 6).account
    expect(late?.status).toBe("inactive")
  })

  test("is found again by the destination under the name it was told of", () => {
    const lines = message([header("P05"), pid])
    const own = (account: Account | undefined) => `Account/${account?.identifier?.[0]?.value}`
    expect(ownedResources(maps, lines, context())).toEqual([own(opened.account)])
  })

  test("of one number is another one for another patient", () => {
    const other = accountOf([header("P05"), pid.replace("KSM-30981", "KSM-1")]).account
    expect(other?.identifier?.[0]).not.toEqual(opened.account?.identifier?.[0])
    expect(other?.identifier?.[1]).toEqual(opened.account?.identifier?.[1])
  })

  test("is one where a message tells of two visits, and so is a patient without a number", () => {
    const visits = ["PV1|1|I", insured, "PV1|2|O", insured.replace("IN1|1|SUPA", "IN1|2|PLUS")]
    const two = mapped(message([header("P01"), pid, ...visits]))
    expect(resources(two.bundle, "Account")).toHaveLength(1)
    expect(resources(two.bundle, "Account")[0]?.coverage).toHaveLength(2)
    const nobody = mapped(message([header("P01"), "PID|1||||AKINYI^FAITH", "PV1|1|I", "PV1|2|O"]))
    expect(resources(nobody.bundle, "Patient")).toHaveLength(1)
  })
})

test("accounts of several patients are purged each for its own", () => {
  const other = pid.replace("KSM-30981", "KSM-1").replace("ACC-900", "ACC-901")
  const { bundle, told } = mapped(message([header("P02"), pid, "PV1|1|I", other, "PV1|1|I"]))
  const accounts = resources(bundle, "Account")
  expect(accounts.map(({ status }) => status)).toEqual(["inactive", "inactive"])
  expect(new Set(accounts.map(({ subject }) => subject?.[0]?.reference)).size).toBe(2)
  expect(new Set(told.map(({ resource }) => resource)).size).toBe(2)
})

test("without an account number the trail says that the message is of no account", () => {
  const lines = [header("P01"), "PID|1||KSM-1^^^KISUMU^MR", guarantor]
  const { bundle, notes } = mapped(message(lines))
  expect(resources(bundle, "Account")).toEqual([])
  expect(resources(bundle, "RelatedPerson")).toHaveLength(1)
  expect(notes).toContain("PID-18: no account number; the message is of no account")
})

test("a message about an account without a patient is held", () => {
  const held = mapMessage(maps, message([header("P01")]), context())
  expect(held).toEqual({ problem: "no PID segment" })
})

describe("a guarantor", () => {
  const guaranteed = (gt1: string) => {
    const { account } = accountOf([header("P05"), pid, gt1])
    return account?.guarantor?.[0]?.party.reference
  }

  test("who is the patient, is the patient", () => {
    const { bundle } = mapped(message([header("P05"), pid, "GT1|1||AKINYI^FAITH|||||||||SEL"]))
    const [patient] = bundle.entry ?? []
    expect(guaranteed("GT1|1||AKINYI^FAITH||||||||SEL")).toBe(patient?.fullUrl)
  })

  test("is the same person when the phone changes", () => {
    expect(guaranteed(guarantor)).toBe(guaranteed("GT1|1||AKINYI^ROSE|||0700 1"))
  })

  test("may be an organization, and is nobody where nobody is named", () => {
    const company = `GT1|1${"|".repeat(20)}Kisumu Water Company`
    expect(guaranteed(company)).toBeDefined()
    expect(guaranteed("GT1|1|||||||||||||||")).toBeUndefined()
  })
})
