import type { Issue, Outcome, Receipt } from "../../message.ts"
import { type Answer, proofOf } from "../answer.ts"
import { beginning, explanation, issuesOf, object, parseResource } from "../explanation.ts"
import { meaningOf, outcomeOfStatus, why } from "../status.ts"

/** What of the settings says how a transaction was written. */
interface Written {
  format?: "json" | "xml" | undefined
  gzip?: boolean | undefined
}

/**
 * What an answer to a transaction of `sent` entries means for its delivery. Delivered is only
 * what the server says it stored, entry by entry; doubt is `retry`, a refusal of this message
 * `hold`, an answer that would meet any message `pause`. `now` in ms since 1970.
 */
export function outcomeOf(
  answer: Answer,
  sent: number,
  now: number,
  { format, gzip }: Written = {},
): Outcome {
  const { status } = answer
  if (status >= 200 && status < 300) return outcomeOf2xx(answer, sent)
  const outcome = outcomeOfStatus(answer, now)
  // Where it is we who chose the form, no message would get through in it.
  const chosen = [gzip ? "gzip = true" : "", format === "xml" ? 'format = "xml"' : ""]
  const blamed = chosen.filter((one) => one !== "").join(" and ")
  if (status !== 415 || outcome.outcome !== "hold" || blamed === "") return outcome
  const reason = `${outcome.reason} (does it know what is sent with ${blamed}?)`
  return { ...outcome, outcome: "pause", reason }
}

function outcomeOf2xx(answer: Answer, sent: number): Outcome {
  const retry = (what: string, said = "", issues: readonly Issue[] = []): Outcome => ({
    outcome: "retry",
    ...why(`answered ${answer.status}, but ${what}`, said, issues),
  })
  if (answer.cut) return retry("with more than 64 MiB")
  // Some servers leave the body out for return=minimal. What was stored is then not known, and
  // sending the same again is safe where taking it for delivered is not.
  if (answer.text.trim() === "") return retry("with nothing in it to say what was stored")
  const body = parseResource(answer.text)
  if (body === undefined)
    return retry(
      "not with a whole resource (does a proxy or a login page answer?)",
      beginning(answer.text),
    )
  const bundle = object(body)
  if (bundle.resourceType === "OperationOutcome") {
    return retry("with an OperationOutcome", explanation(answer.text), issuesOf(answer.text))
  }
  if (bundle.resourceType !== "Bundle") {
    return retry("not with a FHIR Bundle", beginning(answer.text))
  }
  if (bundle.type !== "transaction-response") {
    // Not String: of an object that came as JSON it may throw.
    const type = typeof bundle.type === "string" ? beginning(bundle.type) : typeof bundle.type
    return retry(`with a Bundle of type "${type}"`)
  }
  const entries = Array.isArray(bundle.entry) ? bundle.entry.map(responseOf) : []
  if (entries.length !== sent) {
    return retry(`for ${entries.length} of the ${sent} entries sent`)
  }
  const refused = entries.findIndex((entry) => !/^2\d\d\b/.test(entry.status))
  if (refused >= 0) return outcomeOfEntry(answer.status, refused, entries[refused])
  return { outcome: "delivered", receipt: receiptOf(answer, entries) }
}

interface EntryResponse {
  status: string
  location: string
  etag: string
  outcome: unknown
}

function responseOf(entry: unknown): EntryResponse {
  const { status, location, etag, outcome } = object(object(entry).response)
  const text = (value: unknown) => (typeof value === "string" ? value : "")
  return { status: text(status), location: text(location), etag: text(etag), outcome }
}

/** An entry that is not 2xx inside a 2xx answer, from a server that took it for a batch. */
function outcomeOfEntry(status: number, index: number, entry: EntryResponse | undefined): Outcome {
  const said = entry?.status ?? ""
  const code = /^\d{3}\b/.test(said) ? Number.parseInt(said, 10) : 0
  const outcome = entry?.outcome ? JSON.stringify(entry.outcome) : ""
  const answered = said === "" ? "no status" : beginning(said)
  // The server as a whole took the request: a 401, 403 or 404 here is about this message.
  const refusal = code >= 400 && code < 500 && meaningOf(code) !== "retry"
  return {
    outcome: refusal ? "hold" : "retry",
    ...why(
      `answered ${status}, but entry ${index + 1} with ${answered}`,
      explanation(outcome),
      issuesOf(outcome),
    ),
  }
}

/** The proof of a delivery: small, and enough to ask the centre's people about it. */
function receiptOf(answer: Answer, entries: readonly EntryResponse[]): Receipt {
  const stored = entries.map(({ location, etag }) => `${location} ${etag}\n`).join("")
  return {
    status: answer.status,
    entries: entries.length,
    digest: Bun.CryptoHasher.hash("sha256", stored, "hex"),
    ...proofOf(answer.headers),
  }
}
