import type { Bundle, FhirResource } from "fhir/r4"
import { parseMessage } from "../../src/hl7/message.ts"
import { mapMessage, maps } from "../../src/map/index.ts"
import { readMessage } from "../../src/map/reading.ts"
import type { MapContext, Mapped } from "../../src/mapping.ts"
import type { Message } from "../../src/message.ts"

/** A message of the journal out of its segments, typed by its own MSH-9. */
export function message(lines: readonly string[], given: Partial<Message> = {}): Message {
  const bytes = given.bytes ?? new TextEncoder().encode(`${lines.join("\r")}\r`)
  const header = parseMessage(bytes).first("MSH")
  const type = [header?.text(9), header?.text(9, 2)].filter(Boolean).join("^")
  const receivedAt = Date.UTC(2026, 3, 15, 9)
  return { id: 7, source: "adt", peer: "127.0.0.1:50000", receivedAt, type, bytes, ...given }
}

/** What a map is told besides the message: a clinic in Kisumu that knows nothing yet. */
export function context(given: Partial<MapContext> = {}): MapContext {
  const site = { id: "kisumu-01", name: "Kisumu Clinic", timezone: "Africa/Nairobi" }
  return { site, source: {}, known: [], ...given }
}

/** A message as the maps read it, for tests of a segment or a data type. */
export function reading(lines: readonly string[], given: Partial<MapContext> = {}) {
  return readMessage(message(lines), context(given))
}

/** What the maps make of a message; throws where they find a problem. */
export function mapped(
  given: Message,
  known: MapContext["known"] = [],
): Extract<Mapped, { bundle: Bundle }> {
  const made = mapMessage(maps, given, context({ known }))
  if ("problem" in made) throw new Error(made.problem)
  return made
}

/** The resources of one type in a Bundle, in its order. */
export function resources<Type extends FhirResource["resourceType"]>(bundle: Bundle, type: Type) {
  type Wanted = Extract<FhirResource, { resourceType: Type }>
  return (bundle.entry ?? [])
    .map(({ resource }) => resource)
    .filter((resource): resource is Wanted => resource?.resourceType === type)
}
