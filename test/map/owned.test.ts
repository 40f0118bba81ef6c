import { describe, expect, test } from "bun:test"
import { maps, ownedResources } from "../../src/map/index.ts"
import { context, mapped, message } from "./build.ts"

const pid = "PID|1||A1^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"
const numbered = "PV1|1|I|||||||||||||||||V1"
const admitted = `PV1|1|I${"|".repeat(42)}20260415080000`

/** The message, and a diagnosis and an allergy, which it updates without what is known of them. */
function event(name: string, ...lines: string[]) {
  const header = `MSH|^~\\&|HIS|KISUMU|||20260415081500||${name}|C1|P|2.5.1`
  return message([header, ...lines, "DG1|1||B54^Malaria^I10", "AL1|1|DA|7980^Penicillin^RXNORM"])
}

describe("what a message keeps up to date", () => {
  const events = maps.find(({ owned }) => owned)?.types ?? []
  const visits = [[], [numbered], [admitted], ["PV1|1|O"], ["PV1|1|N"], ["PV1|1|O|OPD"]]
  test.each(events.flatMap((name) => visits.map((visit) => [name, visit] as const)))(
    "is told before it is mapped: %s with %j",
    (name, visit) => {
      const given = event(name, pid, ...visit, "MRG|A1^^^KISUMU^MR")
      const updated = mapped(given).bundle.entry?.flatMap(({ request, resource, fullUrl = "" }) =>
        request?.method === "PUT" && /^(Patient|Encounter)\b/.test(request.url)
          ? [`${resource?.resourceType}/${fullUrl.slice("urn:uuid:".length)}`]
          : [],
      )
      const owned = ownedResources(maps, given, context())
      expect([...owned]).toEqual(updated ?? [])
      const told = mapped(given).told.map(({ resource }) => resource)
      expect(owned).toEqual(expect.arrayContaining(told))
    },
  )

  test("is nothing where its patient has no number", () => {
    expect(ownedResources(maps, event("ADT^A08", "PID|1||||ACHIENG"), context())).toEqual([])
    expect(ownedResources(maps, event("ADT^A08"), context())).toEqual([])
  })

  test("is nothing where its map fails, which is said when it is mapped", () => {
    const failing = {
      types: ["ADT^A08"],
      owned: () => {
        throw new Error("a bug")
      },
      map: () => ({ problem: "held" }),
    }
    expect(ownedResources([failing], event("ADT^A08", pid), context())).toEqual([])
  })
})
