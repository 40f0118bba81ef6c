import type { Attachment, Binary, DocumentReference } from "fhir/r4"
import type { Transaction } from "../../fhir/transaction.ts"
import type { Reading } from "../reading.ts"
import { referenceOf } from "./parent.ts"

/**
 * The document with its large files beside it: a scan of 20 MB that its report presents too would
 * stand twice in the transaction. So it is a Binary, once, and both name it by its url, which a
 * server turns into the Binary's address (R4, 3.1.0.11.2.2). A small file stands in both of them,
 * where every receiver finds it without asking again.
 */
export function largeFilesApart(
  document: DocumentReference,
  transaction: Transaction,
  reading: Reading,
): DocumentReference {
  if (!document.content.some(({ attachment }) => isLarge(attachment))) return document
  const content = document.content.map((each) => {
    const { data, ...named } = each.attachment
    if (data === undefined || !isLarge(each.attachment)) return each
    const binary: Binary = {
      resourceType: "Binary",
      contentType: named.contentType ?? "application/octet-stream",
      // Who may see the document may see its file (R4, 2.44.3).
      securityContext: referenceOf(document),
      data,
    }
    // By its content: a report that turns final with the same file has it already.
    const key = [document.identifier?.[0]?.value ?? "", digestOf(data)]
    const { reference } = transaction.createTagged(binary, ...key)
    return { attachment: { ...named, url: reference, size: sizeOf(data) } }
  })
  reading.note("OBX-5: a large file is a Binary, which the report and the document refer to")
  return { ...document, content }
}

/** Digits of base64. */
const largeFrom = 524_288

function isLarge({ data }: Attachment): boolean {
  return data !== undefined && data.length >= largeFrom
}

function sizeOf(data: string): number {
  return (data.length / 4) * 3 - (/=*$/.exec(data.slice(-2))?.[0].length ?? 0)
}

/** In pieces, since a text is copied for it. */
function digestOf(data: string): string {
  const hasher = new Bun.CryptoHasher("sha256")
  for (let at = 0; at < data.length; at += 65_536) hasher.update(data.slice(at, at + 65_536))
  return hasher.digest("hex")
}
