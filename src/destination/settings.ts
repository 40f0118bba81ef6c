import * as v from "valibot"
import { duration } from "../units.ts"

/** What every kind of destination can be told about how deliveries leave for it. */
export const delivering = {
  /** Deliveries in flight at once; the deliver loop keeps to it. */
  concurrency: v.optional(
    v.pipe(
      v.number("must be a whole number from 1 to 64"),
      v.check(
        (n) => Number.isInteger(n) && n >= 1 && n <= 64,
        "must be a whole number from 1 to 64",
      ),
    ),
    8,
  ),
  /** The longest wait between two tries of one delivery, and between two of one that is down. */
  retryMax: v.optional(
    v.pipe(
      duration,
      v.minValue(1_000, "must be from 1s to 1h"),
      v.maxValue(3_600_000, "must be from 1s to 1h"),
    ),
    "5m",
  ),
  /** Whether a message that is held keeps the later ones about the same patient waiting. */
  onHeld: v.optional(
    v.picklist(["continue", "block"], 'must be "continue" or "block"'),
    "continue",
  ),
}

/** What is sent, where a destination can take either: the message as it came, or its Bundle. */
export const body = v.picklist(["hl7", "fhir"], 'must be "hl7" or "fhir"')

/** Where a server answers over HTTP. */
export const webAddress = v.pipe(
  v.string('must be an address in quotes, such as "https://central.example/in"'),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? addressProblem(dataset.value) : undefined
    if (message) addIssue({ message })
  }),
)

/** One under which there are others. */
export const address = v.pipe(webAddress, v.regex(/^[^?]*$/, "must be a base address: no ? in it"))

function addressProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return 'must be a whole address, such as "https://central.example/in"'
  const { protocol, username, password } = new URL(url)
  if (protocol !== "http:" && protocol !== "https:") return "must begin with http:// or https://"
  if (username || password) return "must not carry a name or password"
  if (url.includes("#")) return "must not point inside a page: no # in it"
  return undefined
}
