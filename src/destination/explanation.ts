import { readXml } from "../fhir/read-xml.ts"
import type { Issue } from "../message.ts"

const issuesMax = 20
const issueCharsMax = 500

/**
 * What a server says about its refusal, in one line: the errors of an OperationOutcome, else
 * the beginning of the body whatever it is (HTML from a proxy, invalid JSON). May be empty.
 */
export function explanation(text: string): string {
  const outcome = object(parseResource(text))
  if (outcome.resourceType !== "OperationOutcome") return beginning(text)
  const issues = listed(outcome)
  const errors = issues.filter(({ severity }) => severity === "fatal" || severity === "error")
  const said = (errors.length > 0 ? errors : issues).map(saidBy).filter((what) => what !== "")
  return said.length > 0 ? beginning(said.join("; ")) : "an OperationOutcome that says nothing"
}

/** The issues of an OperationOutcome, as many and as much of each as a person reads. */
export function issuesOf(text: string): Issue[] {
  const outcome = object(parseResource(text))
  if (outcome.resourceType !== "OperationOutcome") return []
  return listed(outcome)
    .slice(0, issuesMax)
    .map((issue) => {
      const part = (value: unknown) =>
        typeof value === "string" ? beginning(value, issueCharsMax) : ""
      return {
        severity: part(issue.severity),
        code: part(issue.code),
        text: part(whatOf(issue)),
        expression: part(placeOf(issue)),
      }
    })
}

function listed({ issue }: Record<string, unknown>): Record<string, unknown>[] {
  return (Array.isArray(issue) ? issue : []).map(object)
}

function saidBy(issue: Record<string, unknown>): string {
  const what = whatOf(issue) ?? issue.code
  const place = placeOf(issue)
  if (typeof what !== "string" || what === "") return ""
  return typeof place === "string" ? `${what} (${place})` : what
}

function whatOf({ diagnostics, details }: Record<string, unknown>): unknown {
  return diagnostics ?? object(details).text
}

/** The place it says it of: in R4 `expression`, before that `location`. */
function placeOf({ expression, location }: Record<string, unknown>): unknown {
  return [expression ?? location].flat()[0]
}

/** The first characters on one line, without control characters. */
export function beginning(text: string, charsMax = 200): string {
  // Cut before looking through it: the body may be 64 MiB.
  const line = text
    .slice(0, charsMax * 4)
    .replace(/[\s\p{C}]+/gu, " ")
    .trim()
  return line.length > charsMax ? `${line.slice(0, charsMax).toWellFormed()}…` : line
}

/** The resource a text is; undefined where it is none in any form that is read. */
export function parseResource(text: string): unknown {
  return /^\s*</.test(text) ? readXml(text) : parseJson(text)
}

/** The JSON value of a text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The members of a JSON object; none of anything else. */
export function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}
