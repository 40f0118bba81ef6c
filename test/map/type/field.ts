import { compact } from "../../../src/fhir/compact.ts"
import type { Identified } from "../../../src/fhir/identity.ts"
import type { Repetition } from "../../../src/hl7/message.ts"
import type { Reading } from "../../../src/map/reading.ts"
import { reading } from "../build.ts"

const header = "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.5.1"

/** One field of a message, for tests of the data type it is of; `mentioned` collects. */
export function field(value: string): {
  repetition: Repetition
  read: Reading
  mentioned: Identified[]
  mention: (resource: Identified) => { reference: string }
} {
  const read = reading([header, `ZZZ|${value}`])
  const [repetition] = read.parsed.first("ZZZ")?.repetitions(1) ?? []
  if (repetition === undefined) throw new Error("no field")
  const mentioned: Identified[] = []
  const mention = (resource: Identified) => {
    mentioned.push(resource)
    return { reference: `urn:uuid:${mentioned.length}` }
  }
  return { repetition, read, mentioned, mention }
}

/** As it is sent: without what is undefined or empty. */
export function sent<T>(value: T): T | undefined {
  return compact(value)
}
