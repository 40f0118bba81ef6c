import { isAscii, isUtf8 } from "node:buffer"

/** A label of the WHATWG encoding standard, as TextDecoder takes it. */
export type Encoding = Bun.Encoding

/** The charset a message was read in, and who said so. */
export interface Charset {
  name: Encoding
  from: "MSH-18" | "source" | "detected" | "fallback"
}

/**
 * Which charset the bytes of a message are in: the one MSH-18 names, else what the source was
 * told, else UTF-8 where the bytes are valid UTF-8, else windows-1252. A name that is unknown, or
 * that the bytes give the lie to, is passed over with a note: a message is never refused for it.
 * Another note says which it was and why, unless MSH-18 did or every charset reads the same.
 */
export function charsetOf(
  bytes: Uint8Array,
  msh18: string,
  configured: string | undefined,
): { charset: Charset; notes: string[] } {
  const notes: string[] = []
  const claims = [
    { from: "MSH-18", name: msh18 },
    { from: "source", name: configured ?? "" },
  ] as const
  for (const { from, name } of claims) {
    if (name === "") continue
    const label = encodingNamed(name)
    if (label === undefined) notes.push(`the charset that ${from} names is unknown`)
    else if (!couldBe(label, bytes)) notes.push(`the bytes are not in the charset of ${from}`)
    else return told({ name: label === "us-ascii" ? "utf-8" : label, from }, bytes, notes)
  }
  if (isUtf8(bytes)) return told({ name: "utf-8", from: "detected" }, bytes, notes)
  return told({ name: "windows-1252", from: "fallback" }, bytes, notes)
}

function told(charset: Charset, bytes: Uint8Array, notes: string[]) {
  const why = reasons[charset.from]
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  if (why !== "" && !isAscii(marked ? bytes.subarray(3) : bytes))
    notes.push(`charset: ${charset.name}, ${why}`)
  return { charset, notes }
}

const reasons: Record<Charset["from"], string> = {
  "MSH-18": "",
  source: "as the source's settings say",
  detected: "by its bytes",
  fallback: "as its bytes are not utf-8",
}

/**
 * The WHATWG label for a name of table 0211 or for a label itself; undefined when unknown.
 * `UNICODE` is taken for UTF-8: that is what Mindray's analyzers mean by it, and the two-byte
 * forms can't be framed by MLLP at all.
 */
export function encodingNamed(name: string): Encoding | undefined {
  const wanted = name.trim().toUpperCase()
  const part = /^(?:ISO[ -]?)?8859[/-](1?\d)$/.exec(wanted)?.[1]
  if (part !== undefined) return iso8859[Number(part)]
  return encodings[wanted] ?? labelled(name)
}

/** The WHATWG's own names, such as GBK. No MLLP frame holds the two-byte forms. */
function labelled(name: string): Encoding | undefined {
  try {
    const { encoding } = new TextDecoder(name.trim() as Encoding)
    return encoding.startsWith("utf-16") ? undefined : (encoding as Encoding)
  } catch {
    return undefined
  }
}

/** Decodes bytes in a charset found by `charsetOf`; bytes it has no character for become U+FFFD. */
export function decode(bytes: Uint8Array, charset: Encoding): string {
  const decoder = decoders.get(charset) ?? new TextDecoder(charset)
  decoders.set(charset, decoder)
  return decoder.decode(bytes)
}

/** Kept, as one keeps nothing of what it decoded; there are no more of them than labels. */
const decoders = new Map<Encoding, TextDecoder>()

/** Senders that claim ASCII or UTF-8 and send something else are common; both can be checked. */
function couldBe(label: Encoding, bytes: Uint8Array): boolean {
  if (label === "us-ascii") return bytes.every((byte) => byte < 0x80)
  return label !== "utf-8" || isUtf8(bytes)
}

/** 8859-1 and 8859-9 are read as their windows supersets, which is what browsers do with them. */
const iso8859: Record<number, Encoding> = {
  1: "iso-8859-1",
  2: "iso-8859-2",
  3: "iso-8859-3",
  4: "iso-8859-4",
  5: "iso-8859-5",
  6: "iso-8859-6",
  7: "iso-8859-7",
  8: "iso-8859-8",
  9: "iso-8859-9",
  10: "iso-8859-10",
  13: "iso-8859-13",
  14: "iso-8859-14",
  15: "iso-8859-15",
}

const encodings: Record<string, Encoding> = {
  ASCII: "us-ascii",
  "US-ASCII": "us-ascii",
  "ISO IR6": "us-ascii",
  UNICODE: "utf-8",
  "UNICODE UTF-8": "utf-8",
  "UTF-8": "utf-8",
  UTF8: "utf-8",
  "ISO IR14": "iso-2022-jp",
  "ISO IR87": "iso-2022-jp",
  "ISO-2022-JP": "iso-2022-jp",
  SHIFT_JIS: "shift_jis",
  "GB 18030-2000": "gb18030",
  "GB 18030": "gb18030",
  GB18030: "gb18030",
  "BIG-5": "big5",
  BIG5: "big5",
  "KS X 1001": "euc-kr",
  "EUC-KR": "euc-kr",
  LATIN1: "iso-8859-1",
  "WINDOWS-1250": "windows-1250",
  "WINDOWS-1251": "windows-1251",
  "WINDOWS-1252": "windows-1252",
  "WINDOWS-1253": "windows-1253",
  "WINDOWS-1254": "windows-1254",
  "WINDOWS-1255": "windows-1255",
  "WINDOWS-1256": "windows-1256",
  "WINDOWS-1257": "windows-1257",
  "WINDOWS-1258": "windows-1258",
}
