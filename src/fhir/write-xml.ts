import type { FhirResource } from "fhir/r4"
import { definitionOf, type Element } from "./definition.ts"
import { isNode, type Node } from "./walk.ts"

/**
 * A resource as FHIR writes it in XML (R4, 2.6.1): the elements in the order of their definition,
 * a list as its items one after the other, the value of a primitive type as an attribute. An
 * element that R4 does not have is left out: preflight has refused it before.
 */
export function writeXml(resource: FhirResource): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeResource(resource, namespace)}`
}

const namespace = ' xmlns="http://hl7.org/fhir"'

function writeResource(resource: unknown, attributes = ""): string {
  if (!isNode(resource) || typeof resource.resourceType !== "string") return ""
  const type = resource.resourceType
  return tagged(type, attributes, writeElements(resource, type, []))
}

function writeElements(node: Node, type: string, attributes: readonly string[]): string {
  let text = ""
  for (const [key, element] of definitionOf(type)?.elements ?? []) {
    if (key.startsWith("_") || key === "resourceType" || attributes.includes(key)) continue
    // What is said of a primitive value stands beside it in JSON (R4, 2.6.2.3), in it in XML.
    const values = list(node[key])
    const besides = element.isPrimitive ? list(node[`_${key}`]) : []
    const items = Math.max(values.length, besides.length)
    for (let i = 0; i < items; i++) text += writeElement(key, element, values[i], besides[i])
  }
  return text
}

function writeElement(name: string, element: Element, value: unknown, beside: unknown): string {
  if (element.type === "xhtml") return String(value ?? "")
  if (element.type === "Resource") return tagged(name, "", writeResource(value))
  if (element.isPrimitive) {
    const said = value === undefined || value === null ? "" : attribute("value", value)
    return writeNode(name, isNode(beside) ? beside : {}, "Element", said)
  }
  return isNode(value) ? writeNode(name, value, element.type, "") : ""
}

function writeNode(name: string, node: Node, type: string, said: string): string {
  const attributes = type === "Extension" ? ["id", "url"] : ["id"]
  const given = attributes
    .filter((key) => node[key] !== undefined)
    .map((key) => attribute(key, node[key]))
  return tagged(name, given.join("") + said, writeElements(node, type, attributes))
}

function tagged(name: string, attributes: string, content: string): string {
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

function attribute(name: string, value: unknown): string {
  return ` ${name}="${String(value).toWellFormed().replace(special, written)}"`
}

/** Line ends would come back as blanks; of the controls XML 1.0 (2.2) can write no others. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const special = /[\u0000-\u001f&<>"\ufffe\uffff]/g

function written(character: string): string {
  const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[character]
  if (named) return named
  return "\t\n\r".includes(character) ? `&#${character.charCodeAt(0)};` : "\ufffd"
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
