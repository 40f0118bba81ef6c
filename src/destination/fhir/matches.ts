import type { FhirResource, Identifier } from "fhir/r4"
import type { Answer } from "../answer.ts"
import { beginning, object, parseResource } from "../explanation.ts"
import { outcomeOfStatus, why } from "../status.ts"
import { SearchProblem } from "./problem.ts"

/**
 * The resources of a search answer. Throws SearchProblem where it is none: with what the status
 * means, and with a retry where the answer makes no sense. `now` in ms since 1970.
 */
export function matchesOf(answer: Answer, type: string, now: number): FhirResource[] {
  const { status, text } = answer
  if (status < 200 || status >= 300) {
    const outcome = outcomeOfStatus(answer, now)
    if (outcome.outcome === "delivered") throw new Error(`${status} taken for a success`)
    throw new SearchProblem({ ...outcome, reason: `searching ${type}: ${outcome.reason}` }, status)
  }
  const bundle = object(parseResource(text))
  if (bundle.resourceType !== "Bundle" || bundle.type !== "searchset") {
    const reason = `searching ${type}: answered ${status}, not with a searchset Bundle`
    throw new SearchProblem({ outcome: "retry", ...why(reason, beginning(text)) })
  }
  const entries = Array.isArray(bundle.entry) ? bundle.entry : []
  // A searchset may also carry an OperationOutcome with warnings (R4, 3.1.1.2.3).
  return entries
    .map((entry) => object(object(entry).resource))
    .filter(({ resourceType }) => resourceType === type) as object[] as FhirResource[]
}

/** Whether the destination says by this status that it can't be searched at all, now or later. */
export function isUnsearchable({ status }: SearchProblem): boolean {
  // "Try again later" is not "can't be read": taken for it, known elements would be lost.
  const later = status === 408 || status === 425 || status === 429
  return status >= 400 && status < 500 && !later
}

/** Identifiers as the value of a search parameter, any of which will do (R4, 3.1.1.4.0.1). */
export function tokens(identifiers: readonly Identifier[]): string {
  return identifiers.map(({ system, value }) => `${escaped(system)}|${escaped(value)}`).join(",")
}

function escaped(text = ""): string {
  return text.replace(/[\\,|$]/g, "\\$&")
}
