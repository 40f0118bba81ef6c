import { describe, expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { maps, ownedResources } from "../../../src/map/index.ts"
import type { Told } from "../../../src/message.ts"
import { invalid } from "../../validate.ts"
import { context, mapped, message, resources } from "../build.ts"

const pid = `PID|1||KSM-1^^^KISUMU^MR||AKINYI^FAITH${"|".repeat(13)}ACC-9^^^KISUMU`
const guarantor = "GT1|1||AKINYI^ROSE||||||||MTH"

function madeOf(event: string, lines: readonly string[], known: Parameters<typeof mapped>[1] = []) {
  const header = `MSH|^~\\&|HIS|KISUMU|||20260415120000||ADT^${event}|${event}|P|2.5.1`
  const id = 7 + known.length
  const made = mapped(message([header, `EVN|${event}`, ...lines], { id }), known)
  expect(invalid(made.bundle)).toEqual([])
  return made
}

/** As if told by messages that came after the one of the test. */
function later(told: Told): Told {
  return { ...told, messageId: told.messageId + 1000 }
}

function accounts(bundle: Bundle) {
  return resources(bundle, "Account").map(({ status, identifier }) => [
    identifier?.[1]?.value,
    status,
  ])
}

describe("the account of a registration", () => {
  test("keeps its guarantor through an update that does not name one", () => {
    const before = madeOf("A04", [pid, "PV1|1|O", guarantor])
    const after = madeOf("A08", [pid, "PV1|1|O"], before.told)
    const [account] = resources(after.bundle, "Account")
    expect(account?.guarantor).toHaveLength(1)
    expect(account?.guarantor).toEqual(resources(before.bundle, "Account")[0]?.guarantor)
  })

  test("does not end with a discharge that may be taken back", () => {
    const pv1 = `PV1|1|I${"|".repeat(42)}202604150700|202604151100`
    const [account] = resources(madeOf("A03", [pid, pv1]).bundle, "Account")
    expect(account?.servicePeriod).toBeUndefined()
    expect(account?.status).toBe("active")
  })

  test("has the procedure, the coverage and the accident beside it", () => {
    const lines = ["PR1|1||X1^Suture^99KSM||20260415", "IN1|1|P1|NHIF|Fund", "ACC|202604150630"]
    const { bundle, notes } = madeOf("A04", [pid, "PV1|1|O", ...lines])
    expect(resources(bundle, "Procedure")[0]?.status).toBe("unknown")
    expect(resources(bundle, "Account")[0]?.coverage).toHaveLength(1)
    expect(resources(bundle, "Observation")).toHaveLength(1)
    expect(notes.join()).not.toContain("no map reads")
  })
})

describe("an account that goes on in another", () => {
  const merged = [pid, "MRG|KSM-1^^^KISUMU^MR||ACC-8^^^KISUMU"]

  test("is inactive, and the other is not", () => {
    expect(accounts(madeOf("A41", merged).bundle)).toEqual([
      ["ACC-9", "active"],
      ["ACC-8", "inactive"],
    ])
  })

  test("settles where the merge comes twice, and is asked for before it is changed", () => {
    const once = madeOf("A41", merged)
    expect(madeOf("A41", merged, once.told).bundle.entry).toHaveLength(
      once.bundle.entry?.length ?? 0,
    )
    const header = "MSH|^~\\&|HIS|KISUMU|||20260415120000||ADT^A41|1|P|2.5.1"
    const asked = ownedResources(maps, message([header, ...merged]), context())
    const ours = resources(once.bundle, "Account").map((one) => one.identifier?.[0]?.value)
    expect(asked.filter((name) => name.startsWith("Account/"))).toEqual(
      ours.map((value) => `Account/${value}`),
    )
  })

  test("is open again when the merge is reversed, and the other one then is not", () => {
    const once = madeOf("A41", merged)
    const reversed = [pid.replace("ACC-9", "ACC-8"), "MRG|KSM-1^^^KISUMU^MR||ACC-9^^^KISUMU"]
    const back = madeOf("A41", reversed, once.told)
    expect(accounts(back.bundle)).toEqual([
      ["ACC-8", "active"],
      ["ACC-9", "inactive"],
    ])
    // The merge itself, sent again, turns nothing back.
    const late = madeOf("A41", merged, [...once.told, ...back.told].map(later))
    expect(accounts(late.bundle)).toEqual([
      ["ACC-9", "inactive"],
      ["ACC-8", "active"],
    ])
  })

  test("opens none that the billing has ended", () => {
    const header = "MSH|^~\\&|HIS|KISUMU|||20260415120000||BAR^P06|B1|P|2.5.1"
    const closed = mapped(message([header, "EVN|P06", pid], { id: 3 }))
    expect(accounts(madeOf("A41", merged, closed.told).bundle)).toEqual([
      ["ACC-9", "inactive"],
      ["ACC-8", "inactive"],
    ])
  })

  test("is the same account where only its patient's number is told again", () => {
    const same = [pid, "MRG|KSM-1^^^KISUMU^MR||ACC-9^^^KISUMU"]
    expect(accounts(madeOf("A41", same).bundle)).toEqual([["ACC-9", "active"]])
  })

  test("is left alone by a merge of patients that names it only in passing", () => {
    const patients = [pid, "MRG|KSM-2^^^KISUMU^MR||ACC-8^^^KISUMU"]
    const { bundle } = madeOf("A40", patients)
    expect(accounts(bundle)).toEqual([
      ["ACC-9", "active"],
      ["ACC-8", "unknown"],
    ])
    const last = bundle.entry?.findLast(({ resource }) => resource?.resourceType === "Account")
    expect(last?.request?.method).toBe("POST")
  })

  test("of another patient is inactive as that patient's", () => {
    const moved = [pid, "MRG|KSM-2^^^KISUMU^MR||ACC-9^^^KISUMU"]
    const { bundle } = madeOf("A44", moved)
    expect(accounts(bundle)).toEqual([
      ["ACC-9", "active"],
      ["ACC-9", "inactive"],
    ])
    const [now, was] = resources(bundle, "Account")
    expect(now?.subject).not.toEqual(was?.subject)
  })
})
