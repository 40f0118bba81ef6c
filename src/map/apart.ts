import type { Resource } from "fhir/r4"
import type { Identified } from "../fhir/identity.ts"
import { Transaction } from "../fhir/transaction.ts"
import { type About, type Concerned, mentionPatient } from "./mentioned.ts"
import type { Reading } from "./reading.ts"

/** Whom a message is about, and the resources that it takes to refer to them. */
export interface MentionedApart {
  about: About
  mentions: Identified[]
}

/**
 * `mentionPatient` for a part that is kept: whatever refers to the patient and the visit must be
 * able to bring them along, also with a later message that does not speak of them.
 */
export function mentionApart(
  concerned: Concerned,
  index: number,
  reading: Reading,
): MentionedApart {
  const transaction = new Transaction(reading.site.id)
  const about = mentionPatient(concerned, index, { transaction, reading })
  const entries = transaction.bundle().entry ?? []
  return { about, mentions: entries.map(({ resource }) => resource).filter(isIdentified) }
}

function isIdentified(resource: Resource | undefined): resource is Identified {
  return resource !== undefined && "identifier" in resource
}
