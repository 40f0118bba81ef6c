import type { Extension } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { dateTime } from "../type/dtm.ts"
import { location } from "../type/pl.ts"
import { placeAddressed } from "../type/place.ts"
import { decimal } from "../type/quantity.ts"
import { address } from "../type/xad.ts"
import { natureOfAbnormalTesting } from "../vocabulary/nature-of-abnormal-testing.ts"
import { targetOf } from "../vocabulary/target.ts"
import { furtherSpecimens, type Numbered } from "./specimen-named.ts"

/** What an observation says that R4 has no element for, in the extensions HL7 has for it. */
export function extensionsOf(
  { lines: [obx], participants }: Observed,
  numbered: Numbered | undefined,
  reading: Reading,
  mention: Mention,
): Extension[] {
  if (participants.length === 0 && !obx.says(extended)) return []
  const analysed = dateTime(obx.text(19), "OBX-19", reading)
  return [
    ...subIds(obx),
    ...each(obx, 10, (id) => {
      const target = targetOf(natureOfAbnormalTesting, id.text())
      if (!target) return undefined
      return { url: natureOfAbnormal, valueCodeableConcept: { coding: [{ ...target }] } }
    }),
    ...each(obx, 30, (id) => {
      const coding = [{ system: subType, code: id.text() }]
      return { url: structureType, valueCodeableConcept: { coding } }
    }),
    ...furtherSpecimens(obx, numbered, reading),
    ...(analysed ? [{ url: analysisTime, valueDateTime: analysed }] : []),
    ...participants.flatMap((prt) => places(prt, reading, mention)),
  ]
}

/** The fields of OBX that are read for it. */
const extended = [4, 10, 19, 30, 33]

/** OBX-4 tells the observations of one group apart; from 2.8.2 on it has parts (OG). */
function subIds(obx: Segment): Extension[] {
  const [og] = obx.repetitions(4)
  if (og === undefined) return []
  const [group, sequence] = [decimal(og.text(2)), decimal(og.text(3))]
  const original = og.components() === 1 ? og.whole().trim() : og.text(1)
  const parts: Extension[] = []
  if (original) parts.push({ url: "original-sub-identifier", valueString: original })
  if (group !== undefined) parts.push({ url: "group", valueDecimal: group })
  if (sequence !== undefined) parts.push({ url: "sequence", valueDecimal: sequence })
  const identifier = og.text(4)
  if (identifier !== undefined) parts.push({ url: "identifier", valueString: identifier })
  return parts.length === 0 ? [] : [{ url: subId, extension: parts }]
}

/** PRT-9 and PRT-14: where it was observed. */
function places(prt: Segment, reading: Reading, mention: Mention): Extension[] {
  const located = each(prt, 9, (pl) => location(pl, reading, mention))
  const addressed = each(prt, 14, (xad) => {
    const at = address(xad, "PRT-14", reading)
    return at && placeAddressed(at, undefined, reading, mention)
  })
  return [...located, ...addressed].map((valueReference) => ({
    url: eventLocation,
    valueReference,
  }))
}

const structure = "http://hl7.org/fhir/StructureDefinition"
const subId = `${structure}/observation-v2-subid`
const natureOfAbnormal = `${structure}/observation-nature-of-abnormal-test`
const analysisTime = `${structure}/observation-analysis-date-time`
const structureType = `${structure}/observation-structure-type`
const subType = "http://terminology.hl7.org/CodeSystem/v2-0937"
const eventLocation = `${structure}/event-location`
