import { isAscii } from "node:buffer"
import { type Charset, charsetOf } from "../../hl7/charset.ts"
import { readHead } from "../../hl7/head.ts"
import { splitMessages } from "../../hl7/split.ts"
import type { SourceSettings } from "../../message.ts"

/** The media types of HL7 v2 as it goes over the wire, and no other form of it. */
const types = ["text/plain", "application/hl7-v2"]

/** What a Content-Type says; undefined for what carries no HL7 v2. */
export interface ContentType {
  type: string
  charset: string | undefined
}

/**
 * Reads a Content-Type. One that names a parameter and no type (`; charset=utf-8`) is none, by
 * RFC 9110, 8.3.1: what it carries could be anything, and its sender is told so at once.
 */
export function contentTypeOf(header: string | undefined): ContentType | undefined {
  const [first = "", ...parameters] = (header ?? "").split(";").map((part) => part.trim())
  const type = first.toLowerCase()
  if (!types.includes(type)) return undefined
  const charsets = parameters.map((one) => /^charset\s*=\s*"?([\w.:+-]+)"?$/i.exec(one)?.[1])
  return { type, charset: charsets.find((one) => one !== undefined) }
}

/**
 * Whether bytes would be read in another charset than their Content-Type says. MSH-18 rules; where
 * it says nothing, the header should, but it is not kept with the bytes: what is refused for that
 * is not garbled later. A header that the bytes give the lie to (many programs write
 * `charset=utf-8` whatever they send) says nothing, as with MSH-18.
 */
export function isMisread(bytes: Uint8Array, charset: string, settings: SourceSettings): boolean {
  if (isAscii(bytes)) return false
  return splitMessages(bytes).some((message) => {
    const msh18 = readHead(message, settings).header?.field(18) ?? ""
    const said = charsetOf(message, msh18, charset).charset
    const read = charsetOf(message, msh18, settings.charset).charset
    return said.from === "source" && !isSame(said, read)
  })
}

function isSame(one: Charset, other: Charset): boolean {
  return new TextDecoder(one.name).encoding === new TextDecoder(other.name).encoding
}
