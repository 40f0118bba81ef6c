import { ApiProblem } from "./api.ts"
import { print, UsageProblem } from "./command.ts"
import { counted } from "./table.ts"

/** What messages and deliveries can both be looked for by. */
export const receivedOptions = {
  state: { type: "string" },
  source: { type: "string" },
  type: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  destination: { type: "string" },
} as const

export const receivedHelp = `  --destination NAME owed to this destination
  --state STATE      pending, delivered, held or discarded
  --source NAME      from this source
  --type TYPE        ORU^R01, or ADT for the whole family
  --since TIME       received at this time or after it: 2026-04-15, "2026-04-15 12:00" by this
                     machine's clock, or 30m, 12h, 7d ago
  --until TIME       received before this time`

/** What deliveries can be looked for by besides. */
export const filterOptions = {
  ...receivedOptions,
  reason: { type: "string" },
} as const

/** The values of `receivedOptions` as the API takes them; what is left out stays so. */
export function receivedBy({ since, until, ...named }: Named<typeof receivedOptions>) {
  const { state, source, type, destination } = named
  const times = { since: timeOf("since", since), until: timeOf("until", until) }
  return { state, source, type, destination, ...times }
}

/** The values of `filterOptions` as the API takes them; undefined where nothing is named. */
export function filterBy(values: Named<typeof filterOptions>) {
  const filter = { ...receivedBy(values), reason: values.reason }
  return Object.values(filter).some((value) => value !== undefined) ? filter : undefined
}

/** Ids as they are typed. Throws UsageProblem for what is none. */
export function idsOf(positionals: readonly string[]): number[] {
  return positionals.map((text) => {
    if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageProblem(`an ID is a number, not ${text}`)
    return Number(text)
  })
}

/** What was named, and how many of it the decision was about. */
interface Decided {
  count: number
  ids: readonly number[]
  reason?: string | undefined
  json?: boolean | undefined
}

/**
 * Prints what came of a decision, `done` being its words for it. Throws ApiProblem where an id
 * that was named is left as it was, `left` being why: a mistyped one would look like done.
 */
export async function printDecided(
  { count, ids, reason, json }: Decided,
  { done, left }: { done: string; left: string },
): Promise<void> {
  const words = count === 0 && reason !== undefined ? "; status has each reason word for word" : ""
  const said = `${counted(count, "delivery", "deliveries")} ${done}${words}`
  await print(json ? JSON.stringify({ count }) : said)
  const named = new Set(ids).size
  if (count >= named) return
  throw new ApiProblem(
    `${named - count} of ${named} left as it was: ${left}, or there is no such delivery; ` +
      "`waystation messages` has the IDs of deliveries in brackets",
  )
}

type Named<Options extends object> = { [Name in keyof Options]?: string | undefined }

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time as people type it → ISO 8601. */
function timeOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const [, count = "", unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const ago = unitMs[unit]
  if (ago !== undefined) return new Date(Date.now() - Number(count) * ago).toISOString()
  // A date alone would be read as UTC, and the person means the day here.
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text.replace(" ", "T")
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(day) ? Date.parse(day) : Number.NaN
  if (Number.isFinite(time)) return new Date(time).toISOString()
  throw new UsageProblem(`--${option} takes 2026-04-15, "2026-04-15 12:00" or 12h, not ${text}`)
}
