import type { Coding, Reference } from "fhir/r4"
import type { Agent, Happened } from "../../fhir/provenance.ts"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { dateTime } from "../type/dtm.ts"
import { officeAddress } from "../type/xad.ts"
import { practitioner } from "../type/xcn.ts"
import { facility, organization } from "../type/xon.ts"
import { officeNumber } from "../type/xtn.ts"
import { targetOf } from "../vocabulary/target.ts"
import { deviceNamed } from "./device.ts"
import { securityOf } from "./orc.ts"
import { organizationNamed } from "./performer.ts"

/**
 * What was done to the orders of a message, when, where and by whom, for its Provenance; undefined
 * where nothing says so. One Provenance tells of all of them: what they do not have in common is
 * left to each order, but everybody who took part in any is named. Who entered and verified an
 * order, and where, is said by who placed it: others only repeat that.
 */
export function ordered(
  orders: Iterable<{ orc: Segment | undefined }>,
  reading: Reading,
  mention: Mention,
): Happened | undefined {
  const orcs = [...orders].flatMap(({ orc }) => orc ?? [])
  const [first] = orcs
  if (first === undefined) return undefined
  const isPlacers =
    reading.parsed.first("MSA") === undefined &&
    orcs.every((orc) => byPlacer.has(orc.text(1) ?? ""))
  const isCommon = (field: number) => orcs.every((orc) => orc.raw(field) === first.raw(field))
  const activities = new Set(orcs.map((orc) => targetOf(activities0119, orc.text(1))))
  const [activity] = activities.size === 1 ? activities : []
  const agents = orcs.flatMap((orc) => [
    ...(isPlacers ? placersOf(orc, reading, mention) : []),
    ...agentsOf(orc, 19, "performer", reading, mention),
  ])
  return {
    occurredDateTime: isCommon(9) ? dateTime(first.text(9), "ORC-9", reading) : undefined,
    security: uniqueOf(orcs.flatMap((orc) => securityOf(orc))),
    activity: activity && { system: dataOperation, ...activity },
    location: isPlacers ? placedAt(orcs, reading, mention) : undefined,
    agents: uniqueOf(agents),
  }
}

/** What the guide says that a control code (table 0119) does to the order. */
const activities0119: Record<string, Pick<Coding, "code" | "display"> | undefined> = {
  CA: { code: "CANCEL", display: "cancel" },
  NW: { code: "CREATE", display: "create" },
  OC: { code: "CANCEL", display: "cancel" },
  SC: { code: "UPDATE", display: "revise" },
}

/** Who entered an order (ORC-10), for whom (ORC-17) and by which device (ORC-18), who verified it
 * (ORC-11) and who ordered (ORC-12). */
function placersOf(orc: Segment, reading: Reading, mention: Mention): Agent[] {
  const [organization] = each(orc, 17, (cwe) => organizationNamed(cwe, "ORC-17", reading))
  const entered = agentsOf(orc, 10, "enterer", reading, mention)
  const enterers: Agent[] =
    entered.length > 0 || organization === undefined
      ? entered.map((agent) => ({ ...agent, onBehalfOf: organization }))
      : [{ type: "enterer", who: organization }]
  const devices = each(orc, 18, (cwe) => deviceNamed(cwe, "ORC-18", reading, mention))
  return [
    ...enterers,
    ...agentsOf(orc, 11, "verifier", reading, mention),
    ...agentsOf(orc, 12, "author", reading, mention),
    ...devices.map((who) => ({ who })),
  ]
}

function agentsOf(
  orc: Segment,
  field: number,
  type: "author" | "enterer" | "performer" | "verifier",
  reading: Reading,
  mention: Mention,
): Agent[] {
  return each(orc, field, (xcn) => {
    const who = practitioner(xcn, reading, mention)
    return who && { type, who }
  })
}

function uniqueOf<T>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
}

/**
 * Where orders were placed (ORC-21 to ORC-23), as a Location; undefined where they were placed at
 * several.
 */
function placedAt(
  orcs: readonly Segment[],
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const [first, ...others] = orcs.filter((orc) => orc.repetitions(21).length > 0)
  if (first === undefined || others.some((orc) => orc.raw(21) !== first.raw(21))) return undefined
  return facilityOf(first, reading, mention)
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

const dataOperation = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
