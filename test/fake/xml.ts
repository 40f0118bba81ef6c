import { Fhir } from "fhir/fhir"

/** Between FHIR's two forms by another's program, which shares nothing with ours. */
const fhir = new Fhir()

export function jsonOf(xml: string): string {
  return JSON.stringify(fhir.xmlToObj(xml))
}

export function xmlOf(json: string): string {
  return fhir.objToXml(JSON.parse(json))
}
