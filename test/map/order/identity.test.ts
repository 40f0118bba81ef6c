import { describe, expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { resources } from "../build.ts"
import { life, pid, request } from "./life.ts"

const hb = ["ORC|NW|P1^EMR", "OBR|1|P1^EMR||HB^Haemoglobin^99KSM"]
const esr = ["ORC|NW|P1^EMR", "OBR|1|P1^EMR||ESR^Sedimentation^99KSM"]

function named(bundle: Bundle | undefined) {
  return request(bundle)?.identifier?.[0]?.value
}

describe("a second service of one number, ordered later", () => {
  test("takes nothing from the first, and each is found again", () => {
    const [first, second, again, other] = life(
      ["OML^O21", [pid, ...hb]],
      ["OML^O21", [pid, ...esr]],
      ["OML^O21", [pid, "ORC|CA|P1^EMR", esr[1] ?? ""]],
      ["OML^O21", [pid, "ORC|HD|P1^EMR", hb[1] ?? ""]],
    )
    expect(named(second)).not.toBe(named(first))
    expect([named(again), named(other)]).toEqual([named(second), named(first)])
    const statuses = [first, second, again, other].map((bundle) => request(bundle)?.status)
    expect(statuses).toEqual(["active", "active", "revoked", "on-hold"])
    expect(request(other)?.code?.coding?.[0]?.code).toBe("HB")
  })

  test("has its number, and an answer that names no service is about the first", () => {
    const [first, second, answered] = life(
      ["OML^O21", [pid, ...hb]],
      ["OML^O21", [pid, ...esr]],
      ["ORL^O22", [pid, "ORC|OK|P1^EMR|F1^LAB"]],
    )
    expect(request(second)?.identifier?.[1]?.value).toBe("P1")
    expect(named(answered)).toBe(named(first))
  })

  test("of both in one message is the same one", () => {
    const [, second] = life(["OML^O21", [pid, ...hb]], ["OML^O21", [pid, ...esr]])
    const [, , both] = life(
      ["OML^O21", [pid, ...hb]],
      ["OML^O21", [pid, ...esr]],
      ["OML^O21", [pid, ...esr, ...hb, ...esr]],
    )
    const orders = both ? resources(both, "ServiceRequest") : []
    expect(orders).toHaveLength(2)
    expect(orders[0]?.identifier?.[0]?.value).toBe(named(second) ?? "")
  })
})

test("a service that its placer changes to another stays one order", () => {
  const [first, changed] = life(
    ["OML^O21", [pid, ...hb]],
    ["OML^O21", [pid, "ORC|XO|P1^EMR", esr[1] ?? ""]],
  )
  expect(named(changed)).toBe(named(first))
  expect(request(changed)?.code?.coding?.[0]?.code).toBe("ESR")
})

test("the order as it was, sent again after such a change, is no second one", () => {
  const [first, , again] = life(
    ["OML^O21", [pid, ...hb], 1],
    ["OML^O21", [pid, "ORC|XO|P1^EMR", esr[1] ?? ""], 2],
    ["OML^O21", [pid, ...hb], 1],
  )
  expect(named(again)).toBe(named(first))
})

test("an order sent again by the name of its service alone is the same", () => {
  const [first, again] = life(
    ["OML^O21", [pid, ...hb]],
    ["OML^O21", [pid, "ORC|NW|P1^EMR", "OBR|1|P1^EMR||^Haemoglobin"]],
  )
  expect(named(again)).toBe(named(first))
})
