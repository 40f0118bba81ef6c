import { describe, expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { openAsking } from "../../admin/sandbox/ask.ts"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const file = Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(450_000, "scan")])
const pdf = file.toString("base64")

describe("a file of half a megabyte", () => {
  test("stands in the transaction once, and the report and the document lead to it", () => {
    const bundle = report(pdf)
    expect(invalid(bundle)).toEqual([])
    expect(JSON.stringify(bundle).split(pdf)).toHaveLength(2)
    const [binary] =
      bundle.entry?.filter(({ resource }) => resource?.resourceType === "Binary") ?? []
    const { presentedForm } = one(bundle, "DiagnosticReport")
    const { content, identifier } = one(bundle, "DocumentReference")
    expect(presentedForm).toEqual(content.map(({ attachment }) => attachment))
    expect(content[0]?.attachment).toEqual({
      contentType: "application/pdf",
      title: "Chest X-ray",
      url: String(binary?.fullUrl),
      size: file.length,
    })
    expect(one(bundle, "Binary")).toMatchObject({
      contentType: "application/pdf",
      securityContext: { reference: `urn:uuid:${identifier?.[0]?.value}` },
      data: pdf,
    })
  })

  test("is at the server under the address that both of them name", async () => {
    const { transact, search } = openAsking()
    await transact(...(report(pdf).entry ?? []))
    const found = await search("/DocumentReference")
    const [document] = found.entry?.map(({ resource }) => resource) ?? []
    if (document?.resourceType !== "DocumentReference") throw new Error("no document")
    const binaries = await search("/Binary")
    expect(document.content[0]?.attachment.url).toBe(`Binary/${binaries.entry?.[0]?.resource?.id}`)
  })

  test("is the same one when its report turns final, and another one with other content", () => {
    const place = (bundle: Bundle) =>
      bundle.entry?.find(({ resource }) => resource?.resourceType === "Binary")?.request
    expect(place(report(pdf, "P"))).toEqual(place(report(pdf, "F")))
    expect(place(report(pdf.replace("JVBERi0xLjQ", "JVBERi0xLjU")))).not.toEqual(place(report(pdf)))
  })

  test("that is withdrawn is its document's alone, which is in error", () => {
    const bundle = report(pdf, "D")
    expect(resources(bundle, "Binary")).toEqual([])
    expect(one(bundle, "DiagnosticReport").presentedForm).toBeUndefined()
    expect(one(bundle, "DocumentReference").status).toBe("entered-in-error")
  })

  test("stands in its document alone where there is no report, and so does a small one", () => {
    const alone = mapped(message([...head, obx(pdf, "F")])).bundle
    expect(resources(alone, "Binary")).toEqual([])
    expect(one(alone, "DocumentReference").content[0]?.attachment.data).toBe(pdf)
    const small = report("JVBERi0xLjQK")
    expect(resources(small, "Binary")).toEqual([])
    expect(one(small, "DiagnosticReport").presentedForm?.[0]?.data).toBe("JVBERi0xLjQK")
  })
})

const head = [
  "MSH|^~\\&|LAB|KISUMU|||20260415120000||ORU^R01^ORU_R01|B1|P|2.5.1",
  "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE",
]

function report(data: string, status = "F"): Bundle {
  return mapped(message([...head, "OBR|1||F1|XR^Chest X-ray^99KSM", obx(data, status)])).bundle
}

function obx(data: string, status: string): string {
  return `OBX|1|ED|XR^Chest X-ray^99KSM||^application^pdf^Base64^${data}||||||${status}`
}

function one<Type extends "Binary" | "DiagnosticReport" | "DocumentReference">(
  bundle: Bundle,
  type: Type,
) {
  const [first] = resources(bundle, type)
  if (first === undefined) throw new Error(`no ${type}`)
  return first
}
