/**
 * What a value of each primitive type must be in JSON (R4, 2.24.0.1 and 2.6.2). Every pattern goes
 * over its text once and never back: a document in base64 may be 10 MB of it.
 */
export const primitives: Readonly<Record<string, (value: unknown) => boolean>> = {
  base64Binary: (value) => isText(value) && isBase64(value),
  boolean: (value) => typeof value === "boolean",
  canonical: isUri,
  code: (value) => isText(value) && /^\S+(?:\s\S+)*$/.test(value),
  date: (value) => isText(value) && isDate(value),
  dateTime: (value) => isText(value) && (isDate(value) || isInstant(value)),
  decimal: (value) => Number.isFinite(value),
  id: (value) => isText(value) && /^[A-Za-z0-9\-.]{1,64}$/.test(value),
  instant: (value) => isText(value) && isInstant(value),
  integer: isInteger,
  markdown: isText,
  oid: (value) => isText(value) && /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/.test(value),
  positiveInt: (value) => isInteger(value) && value > 0,
  string: isText,
  time: (value) => isText(value) && timePattern.test(value),
  unsignedInt: (value) => isInteger(value) && value >= 0,
  uri: isUri,
  url: isUri,
  uuid: (value) => isText(value) && uuidPattern.test(value),
  xhtml: isText,
}

/** "Strings SHALL NOT be empty." */
function isText(value: unknown): value is string {
  return typeof value === "string" && value !== ""
}

function isUri(value: unknown): boolean {
  return isText(value) && !/\s/.test(value)
}

/** Four characters for three bytes; white space between them is nothing. */
function isBase64(value: string): boolean {
  const digits = /\s/.test(value) ? value.replaceAll(/\s/g, "") : value
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(digits)
}

/** Of 32 bits, with a sign. */
function isInteger(value: unknown): value is number {
  return Number.isInteger(value) && value === (value as number) >> 0
}

const uuidPattern = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?"
const timePattern = new RegExp(`^${time}$`)
const datePattern = /^(?!0000)\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/
const offset = "(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))"
/** "If hours and minutes are specified, a time zone SHALL be populated." */
const afterDate = new RegExp(`^T${time}${offset}$`)

function isInstant(value: string): boolean {
  return afterDate.test(value.slice(10)) && isDate(value.slice(0, 10))
}

/** A year, a month or a day; "the dates SHALL be valid dates". */
function isDate(value: string): boolean {
  if (!datePattern.test(value)) return false
  const day = Number(value.slice(8, 10))
  if (day <= 28) return true
  // The day before the first of the next month.
  const last = new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0))
  return day <= last.getUTCDate()
}
