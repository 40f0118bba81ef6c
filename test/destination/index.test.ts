import { expect, test } from "bun:test"
import { destinations } from "../../src/destination/index.ts"
import { destinationContract, type FarEnd } from "../contract/destination.ts"
import { openCentral } from "../fake/central.ts"

/** One far end a kind: leaving one out is a type error. */
const farEnds: Record<keyof typeof destinations, () => Promise<FarEnd>> = {
  fhir: openFhirEnd,
}

destinationContract("fhir", destinations.fhir, farEnds.fhir)

test("every kind is listed under the word its section is written with", () => {
  for (const [name, kind] of Object.entries(destinations)) {
    expect(kind.config.entries.kind.literal as string).toBe(name)
  }
})

async function openFhirEnd(): Promise<FarEnd> {
  const central = await openCentral()
  return {
    section: { kind: "fhir", url: central.url },
    kept: () => central.count(),
    asked: () => central.asked(),
    close: () => central.close(),
    async set(fault) {
      if (fault === "gone") await central.down()
      else await central.up()
      if (typeof fault === "object") central.fault = { until: fault.slow }
      else central.fault = faults[fault]
    },
  }
}

const faults = {
  none: "none",
  gone: "none",
  garbage: "html",
  cut: "reset",
  lost: "lost answer",
  silent: "hang",
} as const
