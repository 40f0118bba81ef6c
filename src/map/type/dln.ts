import type { Identifier } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Repetition } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"
import { identifierTypeOf } from "./cx.ts"
import { date } from "./dtm.ts"
import { isOid, isUri } from "./hd.ts"

/**
 * A driving licence (DLN, 2.5.1, 2A.22) as an Identifier of the state that issued it; undefined
 * without a number.
 */
export function licence(dln: Repetition, where: string, reading: Reading): Identifier | undefined {
  const value = dln.text(1)
  if (value === undefined) return undefined
  const [issuer, name] = [dln.text(2) ?? dln.text(2, 4), dln.text(2, 2)]
  const end = date(dln.text(3), where, reading)
  return {
    type: identifierTypeOf("DL"),
    system: systemOf(issuer, reading),
    value,
    period: end === undefined ? undefined : { end },
    assigner: name === undefined ? undefined : { display: name },
  }
}

function systemOf(issuer: string | undefined, reading: Reading): string {
  if (issuer !== undefined && isOid(issuer)) return `urn:oid:${issuer}`
  if (issuer !== undefined && isUri(issuer)) return issuer
  const name = issuer === undefined ? "driver-license" : `driver-license-${issuer}`
  return siteSystem(reading.site.id, name)
}
