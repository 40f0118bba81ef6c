import type { CodeableConcept } from "fhir/r4"
import type { Agent, Happened } from "../../fhir/provenance.ts"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { practitioner } from "../type/xcn.ts"

/**
 * Who wrote a document (TXA-9), who transcribed it (TXA-11), who has copies of it (TXA-23) and why
 * it was changed (TXA-21, 2.5.1, 9.6.1), for the Provenance of its message.
 */
export function documented(
  txas: readonly Segment[],
  reading: Reading,
  mention: Mention,
): Happened | undefined {
  const persons = (txa: Segment, field: number, as: Omit<Agent, "who">) =>
    each(txa, field, (xcn) => {
      const who = practitioner(xcn, reading, mention)
      return who && { ...as, who }
    })
  const agents = txas.flatMap((txa) => [
    ...persons(txa, 9, { type: "author" }),
    ...persons(txa, 11, { type: "enterer" }),
    ...persons(txa, 23, { role: recipient }),
  ])
  const reason = txas.flatMap((txa) => each(txa, 21, (st) => ({ text: st.component(1) })))
  if (agents.length + reason.length === 0) return undefined
  return { reason, agents }
}

const recipient: CodeableConcept = {
  coding: [
    {
      system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
      code: "IRCP",
      display: "information recipient",
    },
  ],
}
