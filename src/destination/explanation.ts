const charsMax = 200

/**
 * What a server says about its refusal, in one line: the errors of an OperationOutcome, else
 * the beginning of the body whatever it is (HTML from a proxy, invalid JSON). May be empty.
 */
export function explanation(text: string): string {
  const outcome = object(parseJson(text))
  if (outcome.resourceType !== "OperationOutcome") return beginning(text)
  const issues = (Array.isArray(outcome.issue) ? outcome.issue : []).map(object)
  const errors = issues.filter(({ severity }) => severity === "fatal" || severity === "error")
  const said = (errors.length > 0 ? errors : issues).map(saidBy).filter((what) => what !== "")
  return said.length > 0 ? beginning(said.join("; ")) : "an OperationOutcome that says nothing"
}

/** What an issue says, and the place it says it of: in R4 `expression`, before that `location`. */
function saidBy(issue: Record<string, unknown>): string {
  const what = issue.diagnostics ?? object(issue.details).text ?? issue.code
  const [place] = [issue.expression ?? issue.location].flat()
  if (typeof what !== "string" || what === "") return ""
  return typeof place === "string" ? `${what} (${place})` : what
}

/** The first 200 characters on one line, without control characters. */
export function beginning(text: string): string {
  // Cut before looking through it: the body may be 64 MiB.
  const line = text
    .slice(0, charsMax * 4)
    .replace(/[\s\p{C}]+/gu, " ")
    .trim()
  return line.length > charsMax ? `${line.slice(0, charsMax).toWellFormed()}…` : line
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
