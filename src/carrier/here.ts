import type { FhirResource } from "fhir/r4"
import { type Carry, type Outlet, openCarrying } from "../carry.ts"
import type { DestinationConfig, DestinationKind } from "../destination/index.ts"
import { referenceTo } from "../fhir/identity.ts"
import { preflight } from "../fhir/preflight.ts"
import {
  type CodeMapConfig,
  mapMessage,
  openCodeMaps,
  ownedResource,
  ownedResources,
  readParts,
  yieldTo,
} from "../map/index.ts"
import type { CodeMaps, MessageMap } from "../mapping.ts"
import type {
  Destination,
  Log,
  Message,
  SiteSettings,
  SourceSettings,
  Surroundings,
  Told,
} from "../message.ts"

/** What the configuration says to whoever maps and sends. */
export interface CarrierSettings {
  site: SiteSettings
  source: Readonly<Record<string, SourceSettings>>
  destination: Readonly<Record<string, DestinationConfig>>
  codeMap?: Readonly<Record<string, CodeMapConfig>> | undefined
}

/** The maps and the kinds of destinations to work with. */
export interface Equipment {
  maps: readonly MessageMap[]
  destinations: Readonly<Record<string, DestinationKind>>
}

/** Maps and sends, with every destination open. */
export interface Carrier {
  carry: Carry
  /** Lets the destinations say in the log what their far ends say of themselves. */
  greet(): void
  close(): Promise<void>
}

/** Opens a carrier on the thread that calls. */
export function openCarrierHere(
  { site, source, destination, codeMap }: CarrierSettings,
  { maps, destinations }: Equipment,
  log: Log,
): Carrier {
  const surroundings: Surroundings = { site, log, now: Date.now }
  const opened: Destination[] = []
  const closing = new AbortController()
  const outlets: Record<string, Outlet> = {}
  for (const [name, settings] of Object.entries(destination)) {
    const kind = destinations[settings.kind]
    if (!kind) throw new Error(`no kind ${settings.kind}`)
    const one = kind.open(name, settings, surroundings)
    opened.push(one)
    outlets[name] = outletOf(one, site.id)
  }
  const codeMaps = openCodeMaps(codeMap)
  const map = (message: Message, known: readonly Told[], asked?: CodeMaps) => {
    const settings = source[message.source]
    // Without its settings the same number could name another patient.
    if (!settings) return { problem: `no [source.${message.source}] in the configuration` }
    return mapMessage(maps, message, { site, source: settings, known, codeMaps: asked })
  }
  const carry = openCarrying({
    owned(message) {
      const settings = source[message.source]
      return settings ? ownedResources(maps, message, { site, source: settings }) : []
    },
    map: (message, known, newer) =>
      // Whatever the newer ones' codes are: what they update was delivered.
      yieldTo(map(message, known, codeMaps), newer, (one) => map(one, [])),
    check: preflight,
    outlets,
  })
  return {
    carry,
    greet() {
      for (const one of opened) void one.greet?.(closing.signal)
    },
    async close() {
      closing.abort(new Error("the gateway is stopping"))
      await Promise.all(opened.map((one) => one.close()))
    },
  }
}

function outletOf(destination: Destination, site: string): Outlet {
  const { takes = "bundle" } = destination
  const send: Outlet["send"] = (sending, signal) => destination.send(sending, signal)
  if (!destination.find) return { takes, send }
  return {
    takes,
    send,
    async look(resource, bundle, signal) {
      const [type, own] = ownedResource(site, resource)
      const { reference } = referenceTo(own)
      const described = bundle.entry?.find(({ fullUrl }) => fullUrl === reference)?.resource as
        | FhirResource
        | undefined
      const found = await destination.find?.(type, own, signal, described)
      return found ? readParts(found, own) : []
    },
  }
}
