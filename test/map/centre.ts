import { expect } from "bun:test"
import type { FhirResource } from "fhir/r4"
import { mapMessage, maps, ownedResources, yieldTo } from "../../src/map/index.ts"
import type { Message, Told } from "../../src/message.ts"
import { openAsking } from "../admin/sandbox/ask.ts"
import { invalid } from "../validate.ts"
import { context, message } from "./build.ts"

/** A centre that messages are delivered to one by one, and what this box remembers of it. */
export function openCentre() {
  const sandbox = openAsking()
  const known = new Map<string, Told>()
  const delivered = new Map<number, Message>()
  const types = new Set<string>()

  /** Maps and sends a message, over what was told and beside what is newer, as a delivery does. */
  async function deliver(message: Message) {
    const owned = ownedResources(maps, message, context())
    const rows = [...known.values()]
      .filter(({ resource }) => owned.includes(resource))
      // As the store gives them: in no order of time.
      .sort((one, other) => (one.part < other.part ? -1 : 1))
    const newer = [...delivered.values()].filter(({ id }) => id > message.id)
    const map = (one: Message, told: Told[]) => mapMessage(maps, one, context({ known: told }))
    const mapped = yieldTo(map(message, rows), newer, (one) => map(one, []))
    if ("problem" in mapped) throw new Error(mapped.problem)
    await sandbox.transact(...(mapped.bundle.entry ?? []))
    for (const row of mapped.told) {
      const key = `${row.resource} ${row.part}`
      if ((known.get(key)?.messageId ?? -1) <= row.messageId) known.set(key, row)
    }
    for (const { resource } of mapped.bundle.entry ?? []) types.add(resource?.resourceType ?? "")
    delivered.set(message.id, message)
    return mapped
  }

  /** Every resource there, by our own identifier; ids of the server's own are put as ours. */
  async function state(): Promise<Record<string, FhirResource>> {
    const all: FhirResource[] = []
    for (const type of [...types].sort()) {
      const found = await sandbox.search(`/${type}?_count=1000`)
      for (const { resource } of found.entry ?? []) if (resource) all.push(resource)
    }
    const names = new Map(all.map((one) => [`${one.resourceType}/${one.id}`, nameOf(one)]))
    const entries = all.map((one): [string, FhirResource] => {
      const { id: _id, meta, ...rest } = one
      const kept = { ...rest, security: meta?.security }
      const text = JSON.stringify(kept, (key, value) =>
        key === "reference" ? (names.get(value) ?? value) : value,
      )
      return [nameOf(one), JSON.parse(text)]
    })
    return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
  }
  return { deliver, state }
}

function nameOf(resource: FhirResource): string {
  const identifiers = "identifier" in resource ? resource.identifier : undefined
  const [first] = Array.isArray(identifiers) ? identifiers : []
  const own = first?.value ?? resource.meta?.tag?.[0]?.code
  return `${resource.resourceType} ${own}`
}

/** A centre that was sent these messages, in this order; ids from 1. */
export async function centreOf(...messages: string[][]) {
  const centre = openCentre()
  for (const [index, lines] of messages.entries()) {
    const { bundle } = await centre.deliver(message(lines, { id: index + 1 }))
    expect(invalid(bundle)).toEqual([])
  }
  return centre
}

/** What such a centre has in the end. */
export async function stateAfter(...messages: string[][]): Promise<FhirResource[]> {
  return Object.values(await (await centreOf(...messages)).state())
}

/** The number that a patient is known by at the site. */
export function numberOf(state: FhirResource[], reference: string | undefined): string | undefined {
  const patients = state.filter((one) => one.resourceType === "Patient")
  const found = patients.find(({ identifier }) => `Patient ${identifier?.[0]?.value}` === reference)
  return found?.identifier?.[1]?.value
}
