import type { Answer } from "../answer.ts"
import { beginning, object, parseResource } from "../explanation.ts"
import type { FhirConfig } from "./index.ts"

/** What a server says of itself, and what of it will not do. */
export interface Capability {
  /** Undefined where what answers is no CapabilityStatement. */
  speaks: { fhirVersion: string; software: string } | undefined
  /** Sentences for the log. */
  warnings: string[]
}

/** Types that nearly every transaction has. */
const usual = ["Patient", "Observation", "DiagnosticReport"]

/**
 * Reads a server's CapabilityStatement (R4, 3.1.0.9) for what a transaction of ours needs. It may
 * be wrong: channels answer for the server behind them, and many servers do more than they say.
 */
export function capabilityOf(
  answer: Answer,
  { format = "json", write }: Partial<Pick<FhirConfig, "format" | "write">>,
): Capability {
  const { status } = answer
  const nothing = (what: string) => ({ speaks: undefined, warnings: [what] })
  if (status === 404) return nothing("it has no /metadata: is the address the base of a server?")
  // Many a channel keeps it to itself, and takes transactions all the same.
  if (status < 200 || status >= 300) return { speaks: undefined, warnings: [] }
  const statement = object(parseResource(answer.text))
  if (statement.resourceType !== "CapabilityStatement") {
    return nothing("/metadata is no CapabilityStatement: is the address the base of a server?")
  }
  const fhirVersion = text(statement.fhirVersion)
  const { name, version } = object(statement.software)
  const software = [text(name), text(version)].filter((one) => one !== "").join(" ")
  const warnings: string[] = []
  if (!/^4\.0\.\d/.test(fhirVersion)) {
    warnings.push(`it speaks FHIR ${fhirVersion || "of no version"}, and is sent R4 (4.0.1)`)
  }
  const formats = list(statement.format).map(text)
  if (formats.length > 0 && !formats.some((one) => one.includes(format))) {
    warnings.push(`it does not offer ${format}, but ${formats.slice(0, 5).join(", ")}`)
  }
  const rest = list(statement.rest).map(object)
  const server = rest.find(({ mode }) => mode === "server")
  return { speaks: { fhirVersion, software }, warnings: [...warnings, ...lacking(server, write)] }
}

function lacking(server: Record<string, unknown> | undefined, write = "conditional"): string[] {
  if (!server) return ["it does not say that it is a server"]
  const lacks: string[] = []
  if (!list(server.interaction).some((one) => object(one).code === "transaction")) {
    lacks.push("it does not say that it takes transactions")
  }
  const wanted = write === "put" ? ["updateCreate"] : ["conditionalCreate", "conditionalUpdate"]
  const resources = list(server.resource).map(object)
  for (const ability of wanted) {
    const without = resources
      .filter((one) => usual.includes(text(one.type)) && one[ability] !== true)
      .map(({ type }) => text(type))
    if (without.length > 0) {
      lacks.push(`it does not say ${ability} of ${without.join(", ")} (see write)`)
    }
  }
  return lacks
}

function text(value: unknown): string {
  return typeof value === "string" ? beginning(value, 60) : ""
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
