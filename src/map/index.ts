import { hasMoreSegments } from "../hl7/segments.ts"
import type { MapContext, Mapped, MessageMap, ReadContext } from "../mapping.ts"
import type { Message } from "../message.ts"
import { adt } from "./adt.ts"
import { mapAny } from "./any.ts"
import { bar } from "./bar.ts"
import { dft } from "./dft.ts"
import { familyOf } from "./family.ts"
import { mdm } from "./mdm.ts"
import { mfn } from "./mfn.ts"
import { oml } from "./oml.ts"
import { orl } from "./orl.ts"
import { oru } from "./oru.ts"
import { oul } from "./oul.ts"
import { pharmacy } from "./pharmacy.ts"
import { ppr } from "./ppr.ts"
import { query } from "./query.ts"
import { ref } from "./ref.ts"
import { siu } from "./siu.ts"
import { vxu } from "./vxu.ts"

export { isUnmapped, openCodeMaps } from "./codes/code-maps.ts"
export { type CodeMapConfig, codeMapConfig, codeMapProblems } from "./codes/settings.ts"
export { codeMapSheets } from "./codes/sheets.ts"
export { type Explained, explain } from "./explain/index.ts"
export { ownedResource, readParts } from "./known.ts"
export { yieldTo } from "./newer.ts"
export { mapConfig, mapVersion } from "./version.ts"

/** Every map there is. One more family is one more file, and its line here. */
export const maps: readonly MessageMap[] = [
  adt,
  bar,
  dft,
  mdm,
  mfn,
  oml,
  orl,
  oru,
  oul,
  pharmacy,
  ppr,
  query,
  ref,
  siu,
  vxu,
]

/**
 * What a message may have: 50,000 results take 0.55 GB and 2 s to map, check and write as JSON, and
 * 200,000 took 1.9 GB. A laboratory's largest reports have some thousands.
 */
const segmentsMax = 50_000

const tooManySegments =
  `more than ${segmentsMax.toLocaleString("en")} segments, which would take too much memory to ` +
  "map: have its sender split it into several messages"

/**
 * Applies the map for a message's type; where no family has it, what its segments say is mapped all
 * the same. What can't be mapped is a problem for a person, and so is a map that throws: only the
 * message suffers from the map's bug, and is mapped again on replay.
 */
export function mapMessage(
  maps: readonly MessageMap[],
  message: Message,
  context: MapContext,
): Mapped {
  if (hasMoreSegments(message.bytes, segmentsMax)) return { problem: tooManySegments }
  try {
    return mapFor(maps, message)?.map(message, context) ?? mapAny(message, context)
  } catch (error) {
    const family = message.type.split("^")[0]
    return { problem: `the ${family} map failed: ${faultOf(error)}` }
  }
}

/** The resources a message keeps up to date; none of one that `mapMessage` says is held. */
export function ownedResources(
  maps: readonly MessageMap[],
  message: Message,
  context: ReadContext,
): readonly string[] {
  if (hasMoreSegments(message.bytes, segmentsMax)) return []
  try {
    return mapFor(maps, message)?.owned?.(message, context) ?? []
  } catch {
    return []
  }
}

/** `ORU^R01` of a map's types names one type, `ACK` a whole family, as they do in a route. */
function mapFor(maps: readonly MessageMap[], message: Message): MessageMap | undefined {
  const { type } = message
  const [family = ""] = type.split("^")
  const byType = tables.get(maps) ?? tableOf(maps)
  return byType.get(type) ?? byType.get(family) ?? familyOf(maps, message)
}

/** Lists of maps by their types, the first counting: to search one costs a hundredth of a map. */
const tables = new WeakMap<readonly MessageMap[], ReadonlyMap<string, MessageMap>>()

function tableOf(maps: readonly MessageMap[]): ReadonlyMap<string, MessageMap> {
  const table = new Map<string, MessageMap>()
  for (const map of maps) for (const type of map.types) if (!table.has(type)) table.set(type, map)
  tables.set(maps, table)
  return table
}

/** A plain Error is one of our own; what the runtime throws may quote the message, so its name. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no error was thrown"
  return error.constructor === Error ? error.message : error.name
}
