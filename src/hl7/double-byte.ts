import { type Encoding, encodingNamed } from "./charset.ts"

const ESC = "\x1b"

/**
 * The charsets of table 0211 in which the second byte of a character, or any byte of a run of
 * them, may be the byte of a separator: the 育 of a hospital's name ends with `|` in Big5.
 */
const characters: Partial<Record<Encoding, RegExp>> = {
  big5: /[\x81-\xfe][\x40-\xfe]/g,
  gb18030: /[\x81-\xfe][\x30-\xfe]/g,
  gbk: /[\x81-\xfe][\x40-\xfe]/g,
  shift_jis: /[\x81-\x9f\xe0-\xfc][\x40-\xfc]/g,
  "iso-2022-jp": new RegExp(`${ESC}\\$[@B][^${ESC}]*`, "g"),
}

/**
 * A header's line (as Latin-1, a character a byte) with such characters blotted out, so that its
 * separators can be told; another line as it is. Which charset that is says MSH-18, which stands
 * at its place only once its own charset is blotted out; where it names none, `configured` does.
 */
export function blotted(line: string, configured = ""): string {
  // Nearly every header leaves here.
  if (!/[^ -~]/.test(line)) return line
  for (const [label, character] of Object.entries(characters)) {
    const blot = blotOut(line, character)
    if (msh18(blot).some((name) => encodingNamed(name) === label)) return blot
  }
  const character = characters[encodingNamed(configured) ?? "utf-8"]
  const named = msh18(line).some((name) => encodingNamed(name) !== undefined)
  return character === undefined || named ? line : blotOut(line, character)
}

/** In the place of every byte another, so that the rest stays where it was. */
function blotOut(line: string, character: RegExp): string {
  return line.replace(character, (bytes) => "\x80".repeat(bytes.length))
}

function msh18(line: string): string[] {
  const field = line.split(line[3] ?? "|")[17] ?? ""
  return field.split(line[5] ?? "~")
}
