import * as v from "valibot"

/** `setTimeout` takes 2^31 - 1 ms, 24.8 days; above it fires at once. */
const timerMsMax = 2 ** 31 - 1

const msOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const bytesOf: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
}

/** A length of time as people write it ("30s", "5m", "30d"); parses to milliseconds. */
export const duration = v.pipe(
  v.string('must be a duration in quotes, such as "30s", "5m" or "30d"'),
  v.regex(
    /^[1-9]\d{0,9}(ms|s|m|h|d)$/,
    'must be a whole number above 0 and one of ms, s, m, h, d, such as "30s", "5m" or "30d"',
  ),
  v.transform((text) => amount(text, msOf)),
)

/** A duration that is waited for with a timer; parses to milliseconds, at most 24 days. */
export const timeout = v.pipe(duration, v.maxValue(timerMsMax, "must not be longer than 24 days"))

/** A size as people write it ("64MiB"); parses to bytes. */
export const bytes = v.pipe(
  v.string('must be a size in quotes, such as "512KiB" or "64MiB"'),
  v.regex(
    /^[1-9]\d{0,9}(B|KiB|MiB|GiB)$/,
    'must be a whole number above 0 and one of B, KiB, MiB, GiB, such as "512KiB" or "64MiB"',
  ),
  v.transform((text) => amount(text, bytesOf)),
)

function amount(text: string, units: Readonly<Record<string, number>>): number {
  const digits = Number.parseInt(text, 10)
  const unit = units[text.slice(String(digits).length)]
  if (unit === undefined) throw new Error(`no unit in ${text}`)
  return digits * unit
}

/** A time zone of the IANA database, such as "Africa/Nairobi". */
export const timezone = v.pipe(
  v.string('must be a time zone in quotes, such as "Africa/Nairobi"'),
  v.check(isTimezone, 'must be a time zone of the IANA database, such as "Africa/Nairobi"'),
)

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}
