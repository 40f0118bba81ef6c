import { describe, expect, test } from "bun:test"
import type { ServiceRequest } from "fhir/r4"
import { maps, ownedResources } from "../../../src/map/index.ts"
import { invalid } from "../../validate.ts"
import { context, mapped, message, resources } from "../build.ts"
import { header, life, order, pid, request } from "./life.ts"

describe("the life of an order", () => {
  test("a cancel that names the number alone is a status, and leaves the rest as it was", () => {
    const [made, cancelled] = life(
      ["OML^O21", order],
      ["ORM^O01", [pid, "ORC|CA|P1^EMR||||||||||||||^Ordered twice"]],
    ).map(request)
    expect(made?.status).toBe("active")
    expect(cancelled?.status).toBe("revoked")
    const { status: _s, _status: _c, extension, ...rest } = cancelled ?? {}
    const { status: _t, extension: _e, ...before } = made ?? {}
    expect(rest as unknown).toEqual(before)
    const reason = extension?.find(({ url }) => url.endsWith("request-statusReason"))
    expect(reason?.valueCodeableConcept?.text).toBe("Ordered twice")
  })

  test("what comes later stands by itself: all that the order refers to is in it", () => {
    const bundles = life(
      ["OML^O21", order],
      ["ORL^O22", [pid, "ORC|OK|P1^EMR|F1^LAB"]],
      ["ORM^O01", [pid, "ORC|CA|P1^EMR"]],
    )
    for (const bundle of bundles) expect(invalid(bundle)).toEqual([])
    for (const bundle of bundles.slice(1)) {
      const methods = (type: string) =>
        bundle.entry
          ?.filter(({ resource }) => resource?.resourceType === type)
          .map(({ request }) => request?.method)
      expect(methods("Encounter")).toEqual(["POST"])
      expect(methods("Condition")).toEqual(["POST"])
      expect(methods("Observation")).toEqual(["POST"])
      expect(methods("Specimen")).toEqual(["POST"])
    }
  })

  test("the number its filler gives it is kept beside the placer's", () => {
    const [, accepted, changed] = life(
      ["OML^O21", order],
      ["ORL^O22", [pid, "ORC|NA|P1^EMR|F1^LAB"]],
      ["OML^O21", [pid, "ORC|XO|P1^EMR", "OBR|1|P1^EMR||HB^Haemoglobin^99KSM|S"]],
    ).map(request)
    const numbers = ({ identifier = [] }: ServiceRequest) => identifier.slice(1).map((n) => n.value)
    expect(accepted && numbers(accepted)).toEqual(["P1", "F1"])
    expect(changed && numbers(changed)).toEqual(["P1", "F1"])
    expect(changed?.priority).toBe("stat")
    expect(changed?.requester).toEqual(accepted?.requester)
  })

  test("the first message sent again does not revive an order that was cancelled since", () => {
    const [, , again] = life(
      ["OML^O21", order, 1],
      ["ORM^O01", [pid, "ORC|CA|P1^EMR"], 2],
      ["OML^O21", order, 1],
    ).map(request)
    expect(again?.status).toBe("revoked")
  })

  test("a field that its placer deletes is gone", () => {
    const [, changed] = life(
      ["OML^O21", order],
      ["OML^O21", [pid, 'ORC|XO|P1^EMR||||||||||""']],
    ).map(request)
    expect(changed?.requester).toBeUndefined()
    expect(changed?.code?.coding?.[0]?.code).toBe("HB")
  })
})

describe("an order and what is said to it", () => {
  test("a note on an answer is the answer's, and the placer's own note stays the order's", () => {
    const [, answered] = life(
      ["OML^O21", order],
      ["ORL^O22", [pid, "ORC|UA|P1^EMR", "NTE|1||Send it elsewhere"]],
    )
    expect(request(answered)?.note?.[0]?.text).toBe("Call the ward")
    const [task] = answered ? resources(answered, "Task") : []
    expect(task?.note?.[0]?.text).toBe("Send it elsewhere")
  })

  test("its results find it, whoever sends them, and never overwrite it", () => {
    const [ordered, reported] = life(
      ["OML^O21", order],
      ["ORU^R01", [pid, "ORC|RE|P1^EMR|F1^LAB", "OBR|1|P1^EMR|F1^LAB|HB", "OBX|1|NM|HB||9||||||F"]],
    )
    expect(request(reported)?.identifier?.[0]).toEqual(request(ordered)?.identifier?.[0])
    const entry = reported?.entry?.find(({ resource }) => {
      return resource?.resourceType === "ServiceRequest"
    })
    expect(entry?.request?.method).toBe("POST")
  })

  test("the box is told which orders a message keeps up to date", () => {
    const sent = message([header("OML^O21"), ...order])
    const { told } = mapped(sent)
    const asked = ownedResources(maps, sent, context())
    const orders = told.filter(({ resource }) => resource.startsWith("ServiceRequest/"))
    // The other is what it would be known by if another service had its number.
    expect(asked).toEqual([orders[0]?.resource ?? "", expect.stringMatching(/^ServiceRequest/)])
  })
})

describe("what ORC-1 says", () => {
  test.each<[string, ServiceRequest["status"], Record<string, string>]>([
    ["NW", "active", {}],
    ["CA", "revoked", {}],
    ["DC", "revoked", {}],
    ["HD", "on-hold", {}],
    ["XO", "active", {}],
    ["SN", "active", {}],
    ["SS", "unknown", {}],
    ["NA", "active", { fulfill: "accepted" }],
    ["OK", "active", { fulfill: "accepted" }],
    ["UA", "revoked", { fulfill: "rejected" }],
    ["CR", "revoked", { abort: "completed", fulfill: "cancelled" }],
    ["OC", "revoked", { fulfill: "cancelled" }],
    ["UC", "active", { abort: "rejected", fulfill: "in-progress" }],
    ["HR", "on-hold", { suspend: "completed", fulfill: "on-hold" }],
    ["XR", "active", { change: "completed", fulfill: "accepted" }],
    ["ZZ", "unknown", {}],
  ])("%s makes the order %s and its answers %p", (control, status, tasks) => {
    const { bundle } = mapped(message([header("ORM^O01"), pid, `ORC|${control}|P1^EMR`]))
    expect(request(bundle)?.status).toBe(status)
    const made = resources(bundle, "Task").map(({ code, status }) => [
      code?.coding?.[0]?.code,
      status,
    ])
    expect(Object.fromEntries(made)).toEqual(tasks)
    expect(invalid(bundle)).toEqual([])
  })

  test("two answers to one order are both told", () => {
    const segments = [pid, "ORC|UX|P1^EMR", "ORC|CR|P1^EMR"]
    const { bundle, notes } = mapped(message([header("ORR^O02"), ...segments]))
    const made = resources(bundle, "Task").map(({ code, status }) => [
      code?.coding?.[0]?.code,
      status,
    ])
    expect(made).toEqual([
      ["change", "rejected"],
      ["fulfill", "cancelled"],
      ["abort", "completed"],
    ])
    expect(notes).toEqual([])
  })

  test("how the order stands counts before what was done with it", () => {
    const { bundle } = mapped(message([header("ORM^O01"), pid, "ORC|SC|P1^EMR|||CM"]))
    expect(request(bundle)?.status).toBe("completed")
    expect(resources(bundle, "Task")[0]?.status).toBe("completed")
  })

  test("a refusal is one, whatever the status beside it", () => {
    const { bundle } = mapped(message([header("ORR^O02"), pid, "ORC|UA|P1^EMR|||IP"]))
    expect(resources(bundle, "Task")[0]?.status).toBe("rejected")
  })

  test("a status of no table is passed over, with a word about it", () => {
    const { bundle, notes } = mapped(message([header("ORM^O01"), pid, "ORC|NW|P1^EMR|||NEW"]))
    expect(request(bundle)?.status).toBe("active")
    expect(notes).toEqual(["ORC-5: its code is not of table 0038"])
  })
})

describe("orders and their numbers", () => {
  test("two orders without any number are two", () => {
    const one = ["ORC|NW", "OBR|1|||HB^Haemoglobin^99KSM"]
    const { bundle } = mapped(message([header("OMG^O19"), pid, ...one, ...one]))
    expect(resources(bundle, "ServiceRequest")).toHaveLength(2)
  })

  test("an OBR of another number has nothing of the ORC above it", () => {
    const segments = ["ORC|HD|P1^EMR", "OBR|1|P1^EMR||HB", "OBR|2|P2^EMR||ESR"]
    const { bundle } = mapped(message([header("ORM^O01"), pid, ...segments]))
    const statuses = resources(bundle, "ServiceRequest").map(({ status }) => status)
    expect(statuses).toEqual(["on-hold", "unknown"])
  })

  test("of two that speak of one order, the later counts", () => {
    const segments = ["ORC|NW|P1^EMR", "OBR|1|P1^EMR||HB", "ORC|HD|P1^EMR"]
    const sent = message([header("ORM^O01"), pid, ...segments])
    const { bundle, told, notes } = mapped(sent)
    expect(resources(bundle, "ServiceRequest")).toHaveLength(1)
    expect(request(bundle)?.status).toBe("on-hold")
    expect(request(bundle)?.code?.coding?.[0]?.code).toBe("HB")
    expect(told.filter(({ part }) => part === "ORC-1")).toHaveLength(1)
    expect(notes).toEqual([])
  })

  test("a refusal of the whole message is said", () => {
    const segments = ["MSA|AE|C-0", pid, "ORC|UA|P1^EMR"]
    const { notes } = mapped(message([header("ORR^O02"), ...segments]))
    expect(notes).toEqual(["MSA-1: what was sent was refused as a whole"])
  })

  test("who takes part is requester or collector, and of anybody else there is a word", () => {
    const segments = [
      "ORC|NW|P1^EMR",
      "PRT|1|AD||OP|D-1^OTIENO^JAMES",
      "OBR|1|P1^EMR||HB",
      "PRT|2|AD||SPC|C-1^WERE^PAUL",
      "PRT|3|AD||RCT|X-1^KAMAU^ANN",
      "SPM|1|S1&EMR||BLD",
    ]
    const { bundle, notes } = mapped(message([header("OML^O21"), pid, ...segments]))
    expect(request(bundle)?.requester?.display).toBe("JAMES OTIENO")
    const [specimen] = resources(bundle, "Specimen")
    expect(specimen?.collection?.collector?.display).toBe("PAUL WERE")
    expect(notes).toEqual([
      "PRT: FHIR has no place for its role under an order, or it names nobody",
    ])
  })

  test("a tube is the same one, whichever of its orders a message brings", () => {
    const tube = (...orders: string[]) => {
      const segments = [pid, "SPM|1|^B1&LAB||BLD^Blood^HL70487", ...orders]
      const { bundle } = mapped(message([header("OUL^R22", "LAB|KISUMU"), ...segments]))
      return resources(bundle, "Specimen").map(({ identifier }) => identifier?.[0]?.value)
    }
    const hb = ["OBR|1||F1^LAB|HB", "OBX|1|NM|HB||9||||||F"]
    const glucose = ["OBR|2||F2^LAB|GLU", "OBX|1|NM|GLU||5||||||F"]
    expect(tube(...hb, ...glucose)).toHaveLength(1)
    expect(tube(...glucose)).toEqual(tube(...hb))
  })
})
