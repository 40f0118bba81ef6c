import type { OperationOutcome, OperationOutcomeIssue } from "fhir/r4"

/** Why a request is not done: the HTTP status, and what its OperationOutcome says. */
export interface Refusal {
  refused: 400 | 403 | 404 | 405 | 412 | 413 | 415 | 507
  code: OperationOutcomeIssue["code"]
  diagnostics: string
  /** The entry of a Bundle it is about, from 0. */
  entry?: number | undefined
}

export function refusal(
  refused: Refusal["refused"],
  code: Refusal["code"],
  diagnostics: string,
): Refusal {
  return { refused, code, diagnostics }
}

export function isRefusal(value: object): value is Refusal {
  return "refused" in value
}

export function operationOutcome({ code, diagnostics, entry }: Refusal): OperationOutcome {
  const issue: OperationOutcomeIssue = { severity: "error", code, diagnostics }
  if (entry !== undefined) issue.expression = [`Bundle.entry[${entry}]`]
  return { resourceType: "OperationOutcome", issue: [issue] }
}
