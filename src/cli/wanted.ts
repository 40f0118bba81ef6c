import { UsageProblem } from "./command.ts"

/** What messages and deliveries can both be looked for by. */
export const receivedOptions = {
  state: { type: "string" },
  source: { type: "string" },
  type: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
} as const

export const receivedHelp = `  --state STATE      pending, delivered, held or discarded
  --source NAME      from this source
  --type TYPE        ORU^R01, or ADT for the whole family
  --since TIME       received at this time or after it: 2026-04-15, "2026-04-15 12:00" by this
                     machine's clock, or 30m, 12h, 7d ago
  --until TIME       received before this time`

/** What deliveries can be looked for by besides. */
export const filterOptions = {
  ...receivedOptions,
  destination: { type: "string" },
  reason: { type: "string" },
} as const

/** The values of `receivedOptions` as the API takes them; what is left out stays so. */
export function receivedBy({ state, source, type, since, until }: Named<typeof receivedOptions>) {
  return { state, source, type, since: timeOf("since", since), until: timeOf("until", until) }
}

/** The values of `filterOptions` as the API takes them; undefined where nothing is named. */
export function filterBy(values: Named<typeof filterOptions>) {
  const { destination, reason } = values
  const filter = { ...receivedBy(values), destination, reason }
  return Object.values(filter).some((value) => value !== undefined) ? filter : undefined
}

/** Ids as they are typed. Throws UsageProblem for what is none. */
export function idsOf(positionals: readonly string[]): number[] {
  return positionals.map((text) => {
    if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageProblem(`an ID is a number, not ${text}`)
    return Number(text)
  })
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
