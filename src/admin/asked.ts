import * as v from "valibot"

/** Deliveries or messages on one page. */
const limitMax = 1_000
const limitUsual = 100
/** Ids in one request. */
const idsMax = 10_000

const name = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"))

const time = v.pipe(
  v.string("must be a time in quotes"),
  v.isoTimestamp("must be a time with its offset, such as 2026-04-15T12:00:00Z"),
  v.transform((text) => Date.parse(text)),
  v.finite("must be a time that there is"),
)

const wholeNumber = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,14}$/, "must be a whole number from 1"),
  v.transform(Number),
)

const id = v.pipe(
  v.number("must be a whole number from 1"),
  v.safeInteger("must be a whole number from 1"),
  v.minValue(1, "must be a whole number from 1"),
)

const state = v.picklist(
  ["pending", "delivered", "held", "discarded"],
  "must be pending, delivered, held or discarded",
)

/** What messages and deliveries can both be looked for by. */
const received = {
  source: v.optional(name),
  /** `ORU^R01`, or `ADT` for the whole family. */
  type: v.optional(name),
  state: v.optional(state),
  /** Received at this time or after it, and before that one. */
  since: v.optional(time),
  until: v.optional(time),
  destination: v.optional(name),
}

const filter = { ...received, reason: v.optional(name) }

const page = {
  limit: v.optional(
    v.pipe(wholeNumber, v.maxValue(limitMax, `must not be above ${limitMax}`)),
    String(limitUsual),
  ),
  /** `next` of the page before. */
  cursor: v.optional(wholeNumber),
}

export const deliveriesAsked = v.strictObject({ ...filter, ...page })

export const messagesAsked = v.strictObject({
  ...received,
  ...page,
  /** MSH-10, all of it. */
  controlId: v.optional(name),
  /** PID-3 as it stands in a message: `P-1^^^CLINIC`. */
  patient: v.optional(name),
})

const ids = v.pipe(
  v.array(id, "must be a list of ids"),
  v.nonEmpty("must name a delivery"),
  v.maxLength(idsMax, `must not be more than ${idsMax} ids`),
)

const filterAsked = v.pipe(
  v.strictObject(filter),
  v.check((named) => Object.keys(named).length > 0, "must name something: nothing is never all"),
)

/** Names which deliveries; more than one way to say so would leave open which is meant. */
const which = {
  ids: v.optional(ids),
  filter: v.optional(filterAsked),
}

const oneWay = "must name deliveries in one way: by ids, by filter"

export const replayAsked = v.pipe(
  v.strictObject({
    ...which,
    /** All that are held for this reason; the same as a filter by it. */
    reason: v.optional(name),
    /** All that are held by a part of the configuration that was changed since. */
    causeGone: v.optional(v.literal(true, "must be true")),
    destination: v.optional(name),
    /** What a newer message said is overwritten, too. */
    force: v.optional(v.boolean("must be true or false"), false),
  }),
  v.check(
    ({ ids, filter, reason, causeGone }) => named(ids, filter, reason, causeGone) === 1,
    `${oneWay}, by reason or by causeGone`,
  ),
  v.check(
    ({ reason, causeGone, destination }) => !destination || named(reason, causeGone) > 0,
    "takes destination with reason or causeGone only; a filter has one of its own",
  ),
  v.check(
    ({ causeGone, destination }) => !causeGone || destination !== undefined,
    "takes causeGone with a destination",
  ),
)

/** Nothing is given up without a reason. */
const why = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.nonEmpty("must not be empty"),
  v.maxLength(1_000, "must not be longer than 1000 characters"),
)

export const discardAsked = v.pipe(
  v.strictObject({ ...which, reason: why }),
  v.check(({ ids, filter }) => named(ids, filter) === 1, oneWay.replace(", by", " or by")),
)

export const pauseAsked = v.strictObject({ reason: why })

/** What a request asks for, or what is wrong with it; the values themselves are not quoted. */
export function read<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): { asked: v.InferOutput<Schema> } | { wrong: string } {
  const parsed = v.safeParse(schema, input, { abortPipeEarly: true })
  return parsed.success ? { asked: parsed.output } : { wrong: parsed.issues.map(said).join("; ") }
}

function said(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue) ?? ""
  return `${place === "" ? "the request" : place} ${wordsOf(issue)}`
}

function wordsOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return "is not known here"
  if (issue.received === "undefined" && issue.path) return "is missing"
  return issue.message.startsWith("Invalid ") ? "must be a JSON object" : issue.message
}

function named(...ways: readonly unknown[]): number {
  return ways.filter((way) => way !== undefined).length
}
