import type { Attachment } from "fhir/r4"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"

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
  const [only] = ed.components() === 1 ? [ed.text(1)] : []
  // Some senders write the file alone, without the parts before it: one that can be told by its
  // beginning is not left out.
  const text = ed.text(5) ?? (only && sniffed(only) ? only : undefined)
  if (text === undefined) return undefined
  const data = base64(text, ed.text(4))
  if (data === undefined) {
    reading.note(`${where}: the data is not in the encoding it names; it is kept as text`)
    return { contentType: "text/plain", data: Buffer.from(text).toString("base64") }
  }
  const plain = ed.text(4)?.toUpperCase() === "A" ? "text/plain" : undefined
  return { contentType: sniffed(data) ?? named(ed.text(2), ed.text(3)) ?? plain, data }
}

/** A reference pointer (2A.57) as an Attachment; what it points to is not fetched. */
export function pointer(rp: Repetition): Attachment | undefined {
  const address = rp.component(1)
  if (address === undefined) return undefined
  return { contentType: named(rp.text(3), rp.text(4)), url: address.replaceAll(/\s/g, "%20") }
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

function sniffed(data: string): string | undefined {
  return beginnings.find(([beginning]) => data.startsWith(beginning))?.[1]
}

/** How files begin, in base64. */
const beginnings: [string, string][] = [
  ["JVBERi0", "application/pdf"],
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["SUkqA", "image/tiff"],
  ["TU0AK", "image/tiff"],
  ["e1xydGY", "text/rtf"],
  ["PD94bWw", "application/xml"],
  ["PCFET0NUWVBFIGh0bWw", "text/html"],
  ["PGh0bWw", "text/html"],
  ["UEsDB", "application/zip"],
]

/** ED-2 (table 0191) and ED-3 (table 0291) as a media type; undefined where they name none. */
function named(type = "", subtype = ""): string | undefined {
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
