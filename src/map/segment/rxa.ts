import type { Organization, Quantity, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { codeKey, firstConcept } from "../type/cwe.ts"
import { location } from "../type/pl.ts"
import { placeAddressed } from "../type/place.ts"
import { decimal, quantityOf, unitOf } from "../type/quantity.ts"
import { address } from "../type/xad.ts"

/**
 * How much was given (RXA-6, RXA-7). 999 is what senders write who don't know (the CDC's guide for
 * immunizations): no dose is as large.
 */
export function amountGiven(rxa: Segment, reading: Reading): Quantity | undefined {
  const value = decimal(rxa.text(6))
  if (value === undefined || value === 999) return undefined
  return quantityOf(value, unitOf(rxa.repetitions(7)[0], reading, "RXA-7"))
}

/** Who made it (RXA-17), as a reference to an Organization, which is mentioned. */
export function manufacturer(
  rxa: Segment,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const named = firstConcept(rxa, "RXA-17", reading)
  if (named === undefined) return undefined
  const { coding = [], text } = named
  const name = coding.find(({ display }) => display !== undefined)?.display ?? text
  const resource: Organization = {
    resourceType: "Organization",
    identifier: [
      own(reading, "Organization", "manufacturer", codeKey(rxa, "RXA-17", named, reading)),
      ...coding.map(({ system, code }) => ({ system, value: code })),
    ],
    name: name ?? coding[0]?.code,
  }
  return { ...mention(resource), display: name }
}

/**
 * Where it was given: RXA-27, up to 2.5.1 RXA-11 (an LA2, whose first eight parts are those of a
 * PL), with the address of RXA-28.
 */
export function placeGiven(
  rxa: Segment,
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const [at] = each(rxa, 28, (xad) => address(xad, "RXA-28", reading))
  const [described] = rxa.repetitions(27)
  const given = [27, 11].flatMap((field) => rxa.repetitions(field))
  const first = given.find((pl) => [1, 2, 3, 4, 7, 8].some((part) => pl.text(part) !== undefined))
  const pl = first ?? given[0]
  const description = described?.text(9)
  const named = pl && location(pl, reading, mention, { description, address: at })
  if (named?.reference !== undefined || at === undefined) return named
  return placeAddressed(at, named?.display, reading, mention)
}
