import { describe, expect, test } from "bun:test"
import { mapMessage, maps, openCodeMaps } from "../../../src/map/index.ts"
import { context, resources } from "../build.ts"
import { bundleOf, own, sent } from "../pharmacy.ts"

describe("a drug", () => {
  test("that says the same is one Medication, and one that differs in anything another", () => {
    const drug = (fields: string) =>
      own(bundleOf("RDS^O13", ["ORC|RE|RX1", `RXD|1|${fields}`]), "Medication")[0]
    expect(drug("A^Amoxicillin|20260415|20")).toBe(drug("A^Amoxicillin|20260416|30"))
    expect(drug("A^Amoxicillin|20260415|20")).not.toBe(drug("A^Ibuprofen|20260415|20"))
    expect(drug("A^Amoxicillin|20260415")).not.toBe(drug("A^Amoxicillin|20260415|||TAB"))
  })

  test("that a site has a code for goes by that first, and by its sender's own behind", () => {
    const target = { targetSystem: "http://www.whocc.no/atc", targetCode: "J01CA04" }
    const row = {
      source: "",
      field: "",
      system: "",
      code: "A",
      display: "",
      targetDisplay: "",
      ...target,
    }
    const codeMaps = openCodeMaps({
      drugs: { field: ["RXE-2"], onUnknown: "pass", row: [row] },
    })
    const given = sent("RDE^O11", ["ORC|NW|RX1", "RXE||A^Amox|1||TAB"])
    const made = mapMessage(maps, given, context({ codeMaps }))
    if ("problem" in made) throw new Error(made.problem)
    const [drug] = resources(made.bundle, "Medication")
    expect(drug?.code?.coding?.map(({ code }) => code)).toEqual(["J01CA04", "A"])
  })

  test("of the prescription and of the pharmacy is of one list where neither names one", () => {
    const bundle = bundleOf("RDS^O13", ["ORC|RE|RX1", "RXO|A^Amox", "RXD|1|A^Amox|20260415"])
    expect(own(bundle, "Medication")).toHaveLength(1)
  })
})
