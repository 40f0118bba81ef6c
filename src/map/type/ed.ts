import type { Attachment } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { alternateCode } from "./alternate.ts"

/**
 * Encapsulated data (2.5.1, 2A.24) as an Attachment with its bytes; undefined without any. Its
 * media type is what the bytes are, whatever the sender calls them: PDFs labelled as text are
 * common (dcm4che/dcm4chee-arc-light #3463).
 */
export function attachment(
  ed: Repetition,
  where: string,
  reading: Reading,
): Attachment | undefined {
  const text = ed.text(5)
  // Some senders write the file alone, without the parts before it.
  if (text === undefined) return ed.components() === 1 ? fileIn(ed.text(1)) : undefined
  const data = base64(text, ed.text(4))
  if (data === undefined) {
    reading.note(`${where}: the data is not in the encoding it names; it is kept as text`)
    return { contentType: "text/plain", data: Buffer.from(text).toString("base64") }
  }
  const plain = ed.text(4)?.toUpperCase() === "A" ? "text/plain" : undefined
  const contentType = sniffed(data) ?? mediaType(ed.text(2), ed.text(3)) ?? plain
  return contentType ? { contentType, data } : { ...unknownType(ed), data }
}

/** A file needs a media type (att-1): nobody knows it, and ED-2 may tell an image from a sound. */
function unknownType(ed: Repetition): Pick<Attachment, "contentType" | "_contentType"> {
  const code = ed.text(3) === undefined ? ed.text(2) : undefined
  return {
    contentType: "application/octet-stream",
    _contentType: code === undefined ? undefined : alternateCode(code, "0191"),
  }
}

/**
 * The file that a text is in base64, in however many lines, where it can be told by its beginning:
 * senders write PDFs into texts (TX), and into ED without the parts before.
 */
export function fileIn(text: string | undefined): Attachment | undefined {
  const contentType = text && sniffed(text)
  const data = contentType && base64(text)
  return data ? { contentType, data } : undefined
}

/** A text as an Attachment; one that is RTF or HTML by its beginning is called so. */
export function textFile(text: string): Attachment {
  const data = Buffer.from(text).toString("base64")
  return { contentType: sniffed(data) ?? "text/plain;charset=utf-8", data }
}

/** A reference pointer (2A.57) as an Attachment; what it points to is not fetched. */
export function pointer(rp: Repetition): Attachment | undefined {
  const address = rp.component(1)
  if (address === undefined) return undefined
  return { contentType: mediaType(rp.text(3), rp.text(4)), url: address.replaceAll(/\s/g, "%20") }
}

/** By ED-4 (table 0299); undefined where the data is not of that encoding. */
function base64(text: string, encoding = "Base64"): string | undefined {
  switch (encoding.toLowerCase()) {
    case "a":
      return Buffer.from(text).toString("base64")
    case "hex": {
      const hex = text.replaceAll(/\s/g, "")
      const whole = /^([0-9a-f]{2})+$/i.test(hex)
      return whole ? Buffer.from(hex, "hex").toString("base64") : undefined
    }
    default: {
      const digits = text.replaceAll(/\s/g, "").replace(/=+$/, "")
      if (!/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) return undefined
      return digits.padEnd(Math.ceil(digits.length / 4) * 4, "=")
    }
  }
}

/**
 * What a file is by its first bytes, of which `data` is the base64; undefined where they tell
 * nothing. An XML file is looked into a little further: a clinical document often has a style sheet
 * and a comment before its root.
 */
function sniffed(data: string): string | undefined {
  const encoded = data.slice(0, 16_384)
  if (/[^A-Za-z0-9+/=\s]/.test(encoded)) return undefined
  const head = Buffer.from(encoded, "base64")
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "")
  const [, binary] = binaries.find(([beginning]) => head.startsWith(beginning)) ?? []
  if (binary !== undefined) return binary
  // IHE's XDS and its successors register a CDA document as text/xml.
  if (/^\s*</.test(head) && /<(?:\w+:)?ClinicalDocument[\s>]/.test(head)) return "text/xml"
  return texts.find(([beginning]) => beginning.test(head))?.[1]
}

/** How files begin, a byte a character. */
const binaries: [string, string][] = [
  ["%PDF-", "application/pdf"],
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF8", "image/gif"],
  ["II*\0", "image/tiff"],
  ["MM\0*", "image/tiff"],
  ["PK\x03\x04", "application/zip"],
]

const texts: [RegExp, string][] = [
  [/^\s*\{\\rtf/, "text/rtf"],
  [/^\s*<!doctype html|^\s*<html/i, "text/html"],
  [/^\s*<\?xml/, "application/xml"],
]

/** ED-2 (table 0191) and ED-3 (table 0291) as a media type; undefined where they name none. */
export function mediaType(type = "", subtype = ""): string | undefined {
  const [main, sub] = [type.toLowerCase(), subtype.toLowerCase()]
  if (Object.hasOwn(subtypes, sub)) return subtypes[sub]
  if (/^[a-z]+\/[a-z0-9.+-]+$/.test(main)) return main
  const isMediaType = /^(application|audio|image|text|video)$/.test(main)
  if (isMediaType && /^[a-z0-9][a-z0-9.+-]*$/.test(sub)) return `${main}/${sub}`
  return undefined
}

const subtypes: Record<string, string> = {
  gif: "image/gif",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  pdf: "application/pdf",
  plain: "text/plain",
  png: "image/png",
  rtf: "text/rtf",
  tiff: "image/tiff",
  xml: "application/xml",
}
