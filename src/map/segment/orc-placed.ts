import type { Reference } from "fhir/r4"
import type { Happened } from "../../fhir/provenance.ts"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { officeAddress } from "../type/xad.ts"
import { facility, organization } from "../type/xon.ts"
import { officeNumber } from "../type/xtn.ts"

/**
 * Where the orders of a message were placed (ORC-21 to ORC-23), for its Provenance: the facility as
 * a Location. Undefined where they were placed at several, since one Provenance tells of them all,
 * and where somebody else speaks of them, who does not do so there.
 */
export function placed(
  orders: Iterable<{ orc: Segment | undefined }>,
  reading: Reading,
  mention: Mention,
): Happened | undefined {
  if (reading.parsed.first("MSA") !== undefined) return undefined
  const orcs = [...orders].flatMap(({ orc }) => orc ?? [])
  if (!orcs.every((orc) => byPlacer.has(orc.text(1) ?? ""))) return undefined
  const [first, ...others] = orcs.filter((orc) => orc.repetitions(21).length > 0)
  if (first === undefined || others.some((orc) => orc.raw(21) !== first.raw(21))) return undefined
  const location = facilityOf(first, reading, mention)
  return location && { occurredDateTime: undefined, reason: [], location, operators: [] }
}

/** The codes of ORC-1 (table 0119) by which a placer speaks of an order of theirs. */
const byPlacer: ReadonlySet<string> = new Set([
  ...["CA", "CH", "DC", "DF", "HD", "NW", "PA", "PY", "RF", "RL", "RO", "RP", "XO"],
])

function facilityOf(orc: Segment, reading: Reading, mention: Mention): Reference | undefined {
  const [made] = each(orc, 21, (xon) => {
    const [address] = each(orc, 22, (xad) => officeAddress(xad, "ORC-22", reading))
    const telecom = each(orc, 23, (xtn) => officeNumber(xtn, "ORC-23", reading))
    const managingOrganization = organization(xon, reading, mention)
    return facility(xon, { address, telecom, managingOrganization }, reading, mention)
  })
  return made
}
