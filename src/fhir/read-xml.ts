import sax from "sax"
import { definitionOf, type Element } from "./definition.ts"

/** An element of XML, as far as FHIR uses XML. */
interface Tag {
  name: string
  attributes: Readonly<Record<string, string>>
  children: Tag[]
  /** Of a narrative's div: all of it, as it was written. */
  text: string
}

/** Deeper than any resource goes. */
const depthMax = 60

/**
 * The resource that a text in FHIR's XML holds (R4, 2.6.1), in its JSON form; undefined where it
 * holds none. Never throws. What R4 does not have is passed over; nothing outside the text is
 * read, and no entity but XML's own five is known.
 */
export function readXml(text: string): Record<string, unknown> | undefined {
  const root = readTags(text)
  return root && readResource(root)
}

function readTags(text: string): Tag | undefined {
  const parser = sax.parser(true, { position: true })
  const open: Tag[] = []
  let root: Tag | undefined
  let failed = false
  let divFrom: number | undefined
  parser.onerror = () => {
    failed = true
  }
  parser.onopentag = ({ name, attributes }) => {
    const tag: Tag = {
      name: localName(name),
      attributes: attributes as Record<string, string>,
      children: [],
      text: "",
    }
    // A second root is not well-formed, which the parser passes over.
    if (open.length > depthMax || (root && open.length === 0)) failed = true
    // What stands in a div is HTML: it is kept as it is, and not looked into.
    if (divFrom === undefined) {
      open.at(-1)?.children.push(tag)
      if (tag.name === "div") divFrom = parser.startTagPosition - 1
    }
    root ??= tag
    open.push(tag)
  }
  parser.onclosetag = () => {
    const tag = open.pop()
    if (tag?.name !== "div" || open.some(({ name }) => name === "div")) return
    tag.text = text.slice(divFrom, parser.position)
    divFrom = undefined
  }
  // In pieces, so that a page that is no XML is not read to its end.
  for (let from = 0; from < text.length && !failed; from += pieceMax) {
    parser.write(text.slice(from, from + pieceMax))
  }
  if (!failed) parser.close()
  return failed ? undefined : root
}

const pieceMax = 64 * 1024

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1)
}

function readResource({ name, children }: Tag): Record<string, unknown> | undefined {
  if (!definitionOf(name)?.isResource) return undefined
  return { resourceType: name, ...readElements(children, name) }
}

function readElements(children: readonly Tag[], type: string): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  const elements = definitionOf(type)?.elements
  for (const tag of children) {
    const element = tag.name.startsWith("_") ? undefined : elements?.get(tag.name)
    if (!element) continue
    const { value, beside } = readElement(tag, element)
    if (!element.many) {
      if (value !== undefined) read[tag.name] = value
      if (beside) read[`_${tag.name}`] = beside
      continue
    }
    append(read, tag.name, value)
    append(read, `_${tag.name}`, beside)
  }
  for (const [key, value] of Object.entries(read)) {
    if (Array.isArray(value) && value.every((one) => one === null)) delete read[key]
  }
  return read
}

/** A list of primitive values and what is said of them have the same places (R4, 2.6.2.3). */
function append(read: Record<string, unknown>, key: string, value: unknown): void {
  const before = read[key]
  read[key] = [...(Array.isArray(before) ? before : []), value ?? null]
}

function readElement(
  tag: Tag,
  { type, isPrimitive }: Element,
): { value: unknown; beside?: object } {
  if (type === "xhtml") return { value: tag.text }
  if (type === "Resource") return { value: tag.children[0] && readResource(tag.children[0]) }
  const { id, url, value } = tag.attributes
  if (!isPrimitive) {
    const attributes = { ...(id && { id }), ...(type === "Extension" && url && { url }) }
    return { value: { ...attributes, ...readElements(tag.children, type) } }
  }
  const beside = { ...(id && { id }), ...readElements(tag.children, "Element") }
  const said = value === undefined ? undefined : readPrimitive(value, type)
  return Object.keys(beside).length > 0 ? { value: said, beside } : { value: said }
}

const numbers = new Set(["decimal", "integer", "positiveInt", "unsignedInt"])

function readPrimitive(value: string, type: string): unknown {
  if (type === "boolean" && /^(true|false)$/.test(value)) return value === "true"
  const isNumber = numbers.has(type) && value !== "" && !Number.isNaN(Number(value))
  return isNumber ? Number(value) : value
}
