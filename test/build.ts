import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder of the test's own. `npm test` gives all of them one place, and takes that away. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "waystation-test-"))
}

/** What a test says about a result; everything else is filled in. */
export interface OruFields {
  controlId?: string
  patient?: string
  filler?: string
  value?: string
  sender?: string
}

/** A laboratory result, segments ended by CR. */
export function oru(fields: OruFields = {}): Buffer {
  const {
    controlId = "C1",
    patient = "P-1",
    filler = "F-1",
    value = "5.4",
    sender = "LAB",
  } = fields
  return hl7(
    `MSH|^~\\&|${sender}|CLINIC|HIS|CLINIC|20260415120000||ORU^R01|${controlId}|P|2.5.1`,
    `PID|1||${patient}^^^CLINIC^MR||DOE^JANE||19900315|F`,
    `OBR|1||${filler}|718-7^Haemoglobin^LN|||20260415113000||||||||||||||||||F`,
    `OBX|1|NM|718-7^Haemoglobin^LN||${value}|g/dL|12.0-16.0|L|||F`,
  )
}

/** A message of these segments, each ended by CR. */
export function hl7(...segments: string[]): Buffer {
  return Buffer.from(segments.map((segment) => `${segment}\r`).join(""))
}
