import type { Attachment } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { commentOf } from "../segment/nte.ts"
import { isWithdrawn } from "../segment/obx.ts"
import { attachmentsOf, bringsFile } from "../segment/obx-document.ts"
import { fileIn, textFile } from "../type/ed.ts"
import { textOf } from "../type/value.ts"

/** What the OBX of a document hold. */
export interface Content {
  attachments: Attachment[]
  /** Neither texts nor files: a number or a code is an observation beside the document. */
  others: Observed[]
}

/**
 * The content of a document out of its OBX: their texts as one, since senders write a document a
 * line or a paragraph an OBX, and then each of its files.
 */
export function contentOf(observed: readonly Observed[], txa: Segment, reading: Reading): Content {
  const files: Attachment[] = []
  const others: Observed[] = []
  const texts: Observed[] = []
  for (const one of observed) {
    if (isWithdrawn(one.lines[0]) && (bringsFile(one) || isText(one))) {
      reading.note("OBX-11: a part that was taken back is left out of the document")
      continue
    }
    if (bringsFile(one)) files.push(...attachmentsOf(one, reading))
    if (isText(one) || (bringsFile(one) && one.notes.length > 0)) texts.push(one)
    else if (!bringsFile(one)) others.push(one)
  }
  const title = txa.component(25)
  // A file in base64 over many lines of text has no line breaks of its own.
  const file = fileIn(texts.map(lineOf).join(""))
  if (file !== undefined) return { attachments: [{ ...file, title }, ...files], others }
  const text = paragraphs(texts).trim()
  const attachments = text === "" ? files : [{ ...textFile(text), title }, ...files]
  return { attachments, others }
}

const textTypes: ReadonlySet<string> = new Set(["", "FT", "ST", "TX"])

function isText({ lines: [obx] }: Observed): boolean {
  return textTypes.has(obx.text(2) ?? "")
}

/** The texts and the notes below them; each part under its name (OBX-3) where there are several. */
function paragraphs(texts: readonly Observed[]): string {
  const names = new Set(texts.filter(isText).map(nameOf))
  let before: string | undefined
  return texts
    .flatMap((one) => {
      const name = nameOf(one)
      const begins = names.size > 1 && isText(one) && name !== before
      if (isText(one)) before = name
      const notes = one.notes.map(commentOf)
      const heading = begins ? ["", name] : []
      return [...heading, ...(isText(one) ? [lineOf(one)] : []), ...notes]
    })
    .join("\n")
}

function lineOf(one: Observed): string {
  const [obx] = one.lines
  return isText(one) ? textOf(obx.repetitions(5)) : ""
}

function nameOf({ lines: [obx] }: Observed): string {
  return obx.component(3, 2) ?? obx.component(3) ?? ""
}
