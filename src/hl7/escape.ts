import { decode, type Encoding } from "./charset.ts"

/** What separates the parts of a message, read from its own MSH-1 and MSH-2; "" for none. */
export interface Delimiters {
  field: string
  component: string
  repetition: string
  escape: string
  subcomponent: string
}

/** Of what has no parts. */
export const undelimited: Delimiters = {
  field: "",
  component: "",
  repetition: "",
  escape: "",
  subcomponent: "",
}

/**
 * The delimiters without those that stand nowhere in the message behind its MSH-2, so that they are
 * looked for once and not in every part. With escapes all are needed: `\S\` may be its only `^`.
 */
export function occurring(delimiters: Delimiters, message: string): Delimiters {
  const { field, component, repetition, escape: mark, subcomponent } = delimiters
  const text = message.startsWith("MSH") ? message.slice(message.indexOf(field, 4)) : message
  if (text.includes(mark)) return delimiters
  return {
    field,
    component: text.includes(component) ? component : "",
    repetition: text.includes(repetition) ? repetition : "",
    escape: "",
    subcomponent: text.includes(subcomponent) ? subcomponent : "",
  }
}

/**
 * Text with its escape sequences replaced (2.5.1, 2.7). Highlighting is dropped, line commands
 * become line breaks. What is no known sequence stays as it stands, its escape characters too, so
 * that `C:\lab\F1` and a local `\Z..\` lose nothing. `charset` is the message's, for `\Xhh..\`.
 */
export function unescaped(text: string, delimiters: Delimiters, charset: Encoding): string {
  const mark = delimiters.escape
  if (mark === "" || !text.includes(mark)) return text
  let plain = ""
  let at = 0
  for (;;) {
    const open = text.indexOf(mark, at)
    const close = open < 0 ? -1 : text.indexOf(mark, open + 1)
    if (close < 0) return plain + text.slice(at)
    const known = replacement(text.slice(open + 1, close), delimiters, charset)
    plain += text.slice(at, open) + (known ?? text.slice(open, close))
    // The closing mark of something unknown may be the opening one of the next sequence.
    at = known === undefined ? close : close + 1
  }
}

function replacement(body: string, delimiters: Delimiters, charset: Encoding): string | undefined {
  switch (body) {
    case "F":
      return delimiters.field
    case "S":
      return delimiters.component
    case "T":
      return delimiters.subcomponent || "&"
    case "R":
      return delimiters.repetition || "~"
    case "E":
      return delimiters.escape
    case "P":
      return "#"
    case "H":
    case "N":
      return ""
  }
  // Locally defined (2.7.1): only the sender knows what it means.
  if (body.startsWith("Z")) return delimiters.escape + body + delimiters.escape
  if (body.startsWith(".")) return lineCommand(body)
  if (/^X([0-9A-Fa-f]{2})+$/.test(body)) return hexadecimal(body.slice(1), charset)
  // Switches of the character set (2.7.3): the text is decoded as a whole already, by MSH-18.
  if (/^(C[0-9A-Fa-f]{4}|M[0-9A-Fa-f]{4}([0-9A-Fa-f]{2})?)$/.test(body)) return ""
  return undefined
}

/** The formatting commands of FT (2.7.6): those that end a line, and those that only lay it out. */
function lineCommand(body: string): string | undefined {
  const [, command, count] = /^\.(br|sp|ce|sk|in|ti|fi|nf)([+-]?\d{0,2})$/.exec(body) ?? []
  if (command === undefined) return undefined
  const times = Math.max(1, Math.abs(Number(count || 1)))
  if (command === "br" || command === "ce") return "\n"
  if (command === "sp") return "\n".repeat(times)
  if (command === "sk") return " ".repeat(times)
  return ""
}

/** Bytes of the message's charset; of windows-1252 where they are no character of that. */
function hexadecimal(digits: string, charset: Encoding): string {
  const bytes = Uint8Array.fromHex(digits)
  const text = decode(bytes, charset)
  const read = text.includes("\uFFFD") ? decode(bytes, "windows-1252") : text
  return withoutControls(read)
}

/** Whether there are control characters in a text that `withoutControls` takes out of it. */
export function hasControls(text: string): boolean {
  return text.search(controls) >= 0
}

/** Text without control characters but tab and line ends, which no FHIR string may hold. */
export function withoutControls(text: string): string {
  return text.replaceAll(controls, "").replaceAll(lineEnds, "\n")
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\0-\x08\x0B\x0C\x0E-\x1F\x7F]/g
const lineEnds = /\r\n?/g
