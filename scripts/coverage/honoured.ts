import { definitionOf } from "../../src/fhir/definition.ts"
import { messages } from "./messages.ts"
import { samplesOf } from "./samples.ts"
import { fitting, isOfNothing, type Scenario, scenariosOf } from "./scenario.ts"
import type { Guide, Row } from "./tables.ts"
import { honours, type Target, targetOf } from "./target.ts"
import { type Fields, makes, type Place, tried, triedInstead, triedWhole } from "./trial.ts"

/** Whether the maps honour a row of a segment's table, in any of the messages. */
export function honoursSegment(row: Row, guide: Guide): boolean {
  const from = targetOf({ type: row.target, path: [] }, row.attribute)
  // "$this" is the resource that the field alone makes, by the table of its type.
  const target = row.attribute === "$this" ? rooted(row.mapping, from) : from
  const { number } = row
  return placesOf(row.source).some((place) =>
    situationsOf(row, guide).some((scenario) => {
      const { others } = scenario
      // What is so for a field that is empty, the segment says, as it says what no field does.
      if (number === undefined || isOfNothing(scenario)) {
        return honours(row, target, triedWhole(place, repeated(row, others)))
      }
      return valuesOf(row, guide, scenario).some((value) => {
        const holding = (text: string) => repeated(row, new Map([...others, [number, text]]))
        if (honours(row, target, tried(place, holding(value), holding("")))) return true
        // What is also said without the field, as that an order is one, another code changes.
        return insteadOf(row, scenario).some((other) =>
          honours(row, target, triedInstead(place, holding(value), holding(other))),
        )
      })
    }),
  )
}

/** Other values of the field, where the row says what it means whatever else it could. */
function insteadOf({ assignment, type }: Row, { own }: Scenario): readonly string[] {
  if (!assignment.startsWith('"')) return []
  return [...own.flatMap(({ is }) => is.except ?? []), ...samplesOf(type)]
}

/** A component is made of each repetition where OBX-5 has several. */
function repeated({ table }: Row, fields: Fields): Fields {
  if (!table.endsWith("-Component]")) return fields
  const value = fields.get(5) ?? "some text"
  return new Map([...fields, [5, value === "" ? "" : `${value}~${value}`]])
}

/** A field that is of a data type, or a component of one that is. */
export interface Carrier {
  row: Row
  /** The component of the field's type that has this type; undefined: the field has it. */
  component: number | undefined
  target: Target
}

/** The fields whose rows, or a component of whose rows, lead to a data type's table. */
export function carriersOf(
  table: string,
  segments: readonly Row[],
  types: readonly Row[],
): Carrier[] {
  const fields = segments
    .filter(({ mapping }) => same(mapping, table))
    .map((row) => {
      const from = { type: row.target, path: [] }
      const target = targetOf(from, row.attribute, true)
      return { row, component: undefined, target: rooted(table, target) }
    })
  const nested = types
    .filter(({ mapping }) => same(mapping, table))
    .flatMap((inner): Carrier[] => {
      if (inner.number === undefined) return []
      return segments
        .filter(({ mapping }) => same(mapping, inner.table))
        .map((row) => {
          const outer = rooted(
            inner.table,
            targetOf({ type: row.target, path: [] }, row.attribute, true),
          )
          // The street of an address and the family of a name are about the address and the name.
          const within = about(inner.table) === about(table)
          const target = within ? outer : rooted(table, targetOf(outer, inner.attribute, true))
          return { row, component: inner.number, target }
        })
    })
  // Enough of them: a type is read in one place, whichever field is of it.
  return [...new Map([...fields, ...nested].map((one) => [keyOf(one), one])).values()].slice(0, 12)
}

/** Whether the maps honour a row of a data type's table, in one of the fields that carry it. */
export function honoursType(row: Row, carriers: readonly Carrier[], guide: Guide): boolean {
  return carriers.some((carrier) => {
    const target = targetOf(carrier.target, row.attribute)
    const field = carrier.row.number
    if (field === undefined) return false
    // The families read a segment in one place too: the first few messages that have it, and make
    // what it is to be told of, will do.
    return placesOf(carrier.row.source)
      .filter((place) => makes(place, carrier.row.target))
      .slice(0, 4)
      .some((place) =>
        situationsOf(carrier.row, guide).some((scenario) =>
          changesOf(row, carrier, guide, scenario).some(([without, value]) => {
            const before = new Map([...scenario.others, [field, without]])
            const sayings = tried(place, new Map([...scenario.others, [field, value]]), before)
            return honours(row, target, sayings)
          }),
        ),
      )
  })
}

/** The values of the carrying field without the component and with it. */
function changesOf(
  row: Row,
  { row: carrying, component }: Carrier,
  guide: Guide,
  scenario: Situation,
): [string, string][] {
  const type = carrying.type === "varies" ? row.source : carrying.type
  const usual = fitting(type, scenario.own, samplesOf(type))
  const samples = carrying.source === "OBX" ? (scenario.values ?? usual) : usual
  return samples.flatMap((sample) => {
    const parts = sample.split("^")
    const inner = component === undefined ? parts : (parts[component - 1] ?? "").split("&")
    const whole = (given: readonly string[]) =>
      component === undefined
        ? given.join("^")
        : placed(parts, component, given.join("&")).join("^")
    return scenariosOf(row, guide).flatMap((within): [string, string][] => {
      const asked = [...within.others].reduce(
        (given, [at, value]) =>
          isAsAsked(given[at - 1], value) ? given : placed(given, at, value),
        inner,
      )
      const { number } = row
      if (number === undefined) return [[component === undefined ? "" : whole([""]), whole(asked)]]
      if (isOfNothing(within)) return [["", whole(placed(asked, number, ""))]]
      const texts = valuesOf(row, guide, within).map((text) =>
        component === undefined ? text.replaceAll("^", "&") : (text.split("^")[0] ?? ""),
      )
      const own = inner[number - 1] ?? ""
      const fit = fitting(row.type, within.own, [own]).includes(own) ? [own] : []
      return [...new Set([...texts, ...fit])]
        .filter((text) => text !== "")
        .flatMap((text): [string, string][] => {
          const beside: [string, string] = [
            whole(placed(asked, number, "")),
            whole(placed(asked, number, text)),
          ]
          // What has a url may have it for any of its parts, and so for the first of them.
          const alone: [string, string] = ["", whole(placed([], number, text))]
          return row.attribute.endsWith(".url") ? [beside, alone] : [beside]
        })
    })
  })
}

/** Whether a component holds what it is to hold already: a sample's own is as good as another. */
function isAsAsked(given: string | undefined, value: string): boolean {
  return value !== "" && samplesOf("ST").includes(value) ? Boolean(given) : given === value
}

function placed(parts: readonly string[], number: number, value: string): string[] {
  const given = [...parts]
  while (given.length < number) given.push("")
  given[number - 1] = value
  return given
}

/** What the row's condition asks the field to hold: codes of its table, and what is usual. */
function valuesOf(row: Row, guide: Guide, { own, values }: Situation): readonly string[] {
  if (values !== undefined) return values
  const codes = guide.codes(row.vocabulary).slice(0, 6)
  return fitting(row.type, own, [...codes, ...samplesOf(row.type)])
}

/** A way to meet the condition, and what the field holds where the segment says its type. */
type Situation = Scenario & { values?: readonly string[] }

/** What else the segment holds: what the condition asks for, and the type of an OBX-5. */
function situationsOf(row: Row, guide: Guide): Situation[] {
  const scenarios = scenariosOf(row, guide)
  if (row.source !== "OBX") return scenarios
  return scenarios.flatMap((scenario): Situation[] => {
    const asked = scenario.others.get(2)
    if (row.number !== 5) {
      if (asked === undefined || scenario.others.has(5)) return [scenario]
      const values = samplesOf(asked)
      return values.map((value) => ({
        ...scenario,
        others: new Map([...scenario.others, [5, value]]),
      }))
    }
    const types = asked === undefined ? ["SN", "CWE"] : [asked]
    return types.map((type) => ({
      others: new Map([...scenario.others, [2, type]]),
      own: scenario.own,
      values: fitting(type, scenario.own, samplesOf(type)),
    }))
  })
}

function placesOf(segment: string): Place[] {
  return messages.flatMap((lines) => {
    const at = lines.findIndex((line) => line.startsWith(`${segment}|`))
    return at < 0 ? [] : [{ lines, segment: at }]
  })
}

function keyOf({ row, component, target }: Carrier): string {
  return [row.source, row.number, component, target.type, ...target.path].join()
}

/** A table about a resource leads to that resource, wherever it is mentioned. */
function rooted(table: string, target: Target): Target {
  const type = about(table) ?? ""
  if (!definitionOf(type)?.isResource) return target
  return target.named?.as === type ? { ...target, path: [] } : { type, path: [] }
}

/** `Address` of `SAD[Address]`. */
function about(table: string): string | undefined {
  return /\[(\w+)/.exec(table)?.[1]
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
