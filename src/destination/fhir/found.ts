import type { FhirResource } from "fhir/r4"
import type { Answer } from "../answer.ts"
import { beginning, explanation, object, parseJson } from "../explanation.ts"

/**
 * The one resource of a search answer; undefined where there is none, and where the destination
 * says it can't be read at all, as a channel that only takes transactions does with a 4xx.
 * Throws when there is no telling now, and when several match what should be one.
 */
export function found(answer: Answer, type: string): FhirResource | undefined {
  const { status } = answer
  // "Try again later" is not "can't be read": taken for it, known elements would be lost.
  const later = status === 408 || status === 425 || status === 429
  if (status >= 400 && status < 500 && !later) return undefined
  const fail = (what: string) => new Error(`searching ${type}: answered ${status}, ${what}`)
  if (status < 200 || status >= 300) throw fail(explanation(answer.text))
  const bundle = object(parseJson(answer.text))
  if (bundle.resourceType !== "Bundle" || bundle.type !== "searchset") {
    throw fail(`not a searchset Bundle: ${beginning(answer.text)}`)
  }
  const entries = Array.isArray(bundle.entry) ? bundle.entry : []
  // A searchset may also carry an OperationOutcome with warnings (R4, 3.1.1.2.3).
  const matches = entries
    .map((entry) => object(object(entry).resource))
    .filter(({ resourceType }) => resourceType === type)
  if (matches.length > 1) throw fail("several resources with an identifier that should be unique")
  return matches[0] as FhirResource | undefined
}
