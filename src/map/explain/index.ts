import type { Mapped } from "../../mapping.ts"
import type { Message, SourceSettings } from "../../message.ts"
import { askedFor } from "../fields-read.ts"
import { type Editable, editable, type Place } from "./editable.ts"
import { reasonOf } from "./left-out.ts"
import { type Contrast, contrast, type Saying } from "./sayings.ts"

/** What became of a field of a message, or of one repetition of it where it has several. */
export type Explained = {
  /** `PID-5`; `OBX[2]-5` in the second OBX, `PID-13[2]` its second repetition. */
  field: string
} & ({ to: readonly string[] } | { leftOut: string })

/** What explaining takes. */
interface Given {
  site: string
  source: SourceSettings
  /** Maps a message as a delivery would. */
  map: (message: Message) => Mapped
}

/**
 * Says of every field of a message that holds anything which elements of its Bundle say it
 * (`Patient.name`), or why it is left out. No map is asked for that: each field is taken out in
 * turn, and what the Bundle then no longer says is what the field said. So it holds of a map that
 * was changed as well.
 *
 * @returns or else why the message as a whole has no explanation
 */
export function explain(message: Message, { site, source, map }: Given): Explained[] | string {
  const editing = editable(message, source)
  const places = placesOf(editing)
  if (places.length > fieldsMax) {
    return `${places.length} fields, of which each takes a mapping: ${fieldsMax} are explained`
  }
  const whole = map(editing.message)
  if ("problem" in whole) return whole.problem
  const again = map(editing.again)
  const moved = "problem" in again ? [] : contrast(whole.bundle, again.bundle, site).keys
  const unsteady = new Set(moved.map(({ path }) => path))
  const base: Base = { site, map, editing, whole, unsteady }
  const unread = places.filter(neverAsked(whole.record))
  // Not a segment with the next of its name: a key that both change alike would not tell.
  const [odd, even] = [1, 0].map((rest) => unread.filter(({ nth }) => nth % 2 === rest))
  const silent = silentOf(odd ?? [], base).union(silentOf(even ?? [], base))
  const explained = places.map((place) => ({ place, ...became(place, silent.has(place), base) }))
  return explained.map(({ place, ...one }) => {
    const { label: field } = place
    if ("to" in one) return { field, to: one.to }
    if (one.leftOut !== nothing) return { field, leftOut: one.leftOut }
    const others = explained.filter((other) => other.place.segment === place.segment)
    const mapped = others.filter((other) => "to" in other)
    if (mapped.length === 0) return { field, leftOut: "nothing is made of this segment here" }
    const first = mapped.some((other) => other.place.field === place.field)
    return { field, leftOut: first ? "another of its repetitions counts" : nothing }
  })
}

const fieldsMax = 5_000

/** Why a field is left out of which nothing better is known. */
const nothing = "no map makes anything of it"

/** What each field is explained by. */
interface Base {
  site: string
  map: Given["map"]
  editing: Editable
  /** What the message becomes as it is. */
  whole: Whole
  /** The keys made of the digest of the message: that they change says nothing of a field. */
  unsteady: ReadonlySet<string>
}

type Whole = Extract<Mapped, { told: unknown }>

/** A place, what it is called, and which segment of its name it is in, from 1. */
type Labelled = Place & { label: string; nth: number }

/** Every repetition that holds anything. */
function placesOf({ segments, repetitions }: Editable): Labelled[] {
  const passed = new Map<string, number>()
  return segments.flatMap((one, segment) => {
    const { name } = one
    const nth = (passed.get(name) ?? 0) + 1
    passed.set(name, nth)
    const several = segments.some((other, at) => at !== segment && other.name === name)
    const called = several ? `${name}[${nth}]` : name
    return one.populated().flatMap((field) => {
      const given = [...repetitions(segment, field).entries()].filter(
        ([, text]) => text.trim() !== "",
      )
      return given.map(([repetition]) => {
        const which = given.length > 1 ? `[${repetition + 1}]` : ""
        return { segment, field, repetition, nth, label: `${called}-${field}${which}` }
      })
    })
  })
}

/** Whether the map never asked for the field, as far as its record tells. */
function neverAsked(record: Whole["record"]): (place: Place) => boolean {
  return ({ segment, field }) => record !== undefined && askedFor(record, segment, field) === false
}

/**
 * The places of which nothing is said, out of those of which that is supposed: they are changed all
 * at once, since each takes two mappings by itself, and halved where something is said after all.
 */
function silentOf<P extends Place>(places: readonly P[], base: Base): Set<P> {
  if (places.length < 2) return new Set()
  const changes = [() => "", base.editing.otherwise]
  if (changes.every((make) => isSilent(tried(places, make, base), base))) return new Set(places)
  const half = places.length >> 1
  const [first, second] = [places.slice(0, half), places.slice(half)]
  return silentOf(first, base).union(silentOf(second, base))
}

function isSilent(tried: Tried | undefined, { whole, unsteady }: Base): boolean {
  if (tried === undefined || !Bun.deepEquals(tried.mapped.notes, whole.notes)) return false
  return tried.elements.length === 0 && tried.keys.every(({ path }) => unsteady.has(path))
}

function became(
  place: Place,
  isSilent: boolean,
  base: Base,
): { to: readonly string[] } | { leftOut: string } {
  const { editing, whole, unsteady } = base
  const field = `${editing.segments[place.segment]?.name}-${place.field}`
  const raw = editing.repetitions(place.segment, place.field)[place.repetition] ?? ""
  const deletes = whole.told.find(({ part, value }) => part === field && value === null)
  if (deletes !== undefined) return { to: [`${deletes.resource.split("/")[0]}, which loses it`] }
  if (isSilent) return { leftOut: whyNot(field, raw, undefined, whole) }
  const without = tried([place], () => "", base)
  const gone = without ? elementsOf(without.elements) : []
  if (gone.length > 0 && !without?.fewer) return { to: gone }
  // Another value in its place shows what is made of the value: where a whole resource stands or
  // falls with the field, and where the message says the same elsewhere too.
  const other = tried([place], editing.otherwise, base)
  const changed = other ? elementsOf(other.elements) : []
  if (changed.length > 0) return { to: changed }
  if (gone.length > 0) return { to: gone }
  for (const one of [other, without]) {
    const to = (one?.keys ?? []).map(({ path }) => path).filter((path) => !unsteady.has(path))
    if (to.length > 0) return { to: [...new Set(to)].map((type) => `${type}.identifier`) }
  }
  return { leftOut: whyNot(field, raw, without, whole) }
}

/** What a changed message becomes, and how that differs from what it becomes as it is. */
interface Tried extends Contrast {
  mapped: Whole
}

/** What the message becomes with another text in some places; undefined where it is held then. */
function tried(
  places: readonly Place[],
  make: (repetition: string) => string,
  { editing, map, site, whole }: Base,
): Tried | undefined {
  const mapped = map(editing.changed(places, make))
  if ("problem" in mapped) return undefined
  return { mapped, ...contrast(whole.bundle, mapped.bundle, site) }
}

/** `Patient.name` of `Patient.name.family`; each once. */
function elementsOf(all: readonly Saying[]): string[] {
  const elements = all.map(({ path }) => path.split(".").slice(0, 2).join(".").replace("._", "."))
  return [...new Set(elements)]
}

function whyNot(field: string, raw: string, without: Tried | undefined, whole: Whole): string {
  if (raw.trim() === '""') return "it deletes what this message only mentions, or nobody knows"
  const noted = whole.notes.filter((note) => without && !without.mapped.notes.includes(note))
  if (noted.length > 0) return noted.join("; ")
  const [segment = ""] = field.split("-")
  const unread = whole.notes.find((note) => note.startsWith("segments that no map reads"))
  if (unread?.split(/\W+/).includes(segment)) return `no map reads ${segment} in such a message`
  const reason = reasonOf(field) ?? whole.notes.find((note) => note.startsWith(`${segment}: `))
  if (reason !== undefined) return reason
  const read = without && (whole.record?.read ?? 0) > (without.mapped.record?.read ?? 0)
  return read ? "it was read, and the Bundle says the same without it" : nothing
}
