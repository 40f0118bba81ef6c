import type { CareTeam, CareTeamParticipant, Reference, RelatedPerson } from "fhir/r4"
import { compact } from "../../fhir/compact.ts"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { Writing } from "../adt.ts"
import { type Elements, type Joined, joinParts, layKnown, type Said } from "../known.ts"
import { each, type Part, partOf } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { relative } from "../segment/relative.ts"
import { during, isDeleted, practitionerRole, roleOf, unitNamed } from "../segment/rol.ts"
import { isSelf, roleIn } from "../segment/role-code.ts"
import { roleNumber, rolFields, telecomsOf } from "../segment/role-contact.ts"
import { concept } from "../type/cwe.ts"
import { type Person, rolesAround } from "./person.ts"

/** The patient's one team, as `Told.resource`, where a message tells of somebody in it. */
export function careTeamNames(person: Person, subject: Reference, reading: Reading): string[] {
  return inTeam(person).length > 0 ? [`CareTeam/${teamOf(subject, reading).value}`] : []
}

/**
 * Adds who takes part in the care of a patient (ROL and PRT under the PID) as one CareTeam over all
 * messages, and those of them who are the patient's own people as RelatedPersons. The primary care
 * provider of a ROL is the Patient's, and of a PRT both, as the guide has it.
 */
export function addCareTeam(person: Person, subject: Reference, writing: Writing): void {
  const { reading, layer, transaction, told } = writing
  const roles = inTeam(person)
  if (roles.length === 0) return
  addRelatives(roles, subject, writing)
  const identity = teamOf(subject, reading)
  const name = `CareTeam/${identity.value}`
  const parts = roles.flatMap((rol) => memberPart(rol, subject, reading) ?? [])
  if (roles.every((rol) => !changes.has(rol.text(2) ?? ""))) {
    parts.push({ part: whole, makes: {}, mentions: [] })
  }
  const laid = layKnown(
    name,
    parts,
    layer,
    () => ["participant", "reasonCode", "telecom"],
    joinTeam,
  )
  const { participant, identifier = [] }: Partial<CareTeam> = laid.elements
  const isKnown = layer.known.some(({ resource }) => resource === name)
  if (participant === undefined && !isKnown) return
  transaction.update({
    resourceType: "CareTeam",
    ...laid.elements,
    identifier: [identity, ...identifier],
    status: participant ? "active" : "inactive",
    subject,
  })
  for (const mentioned of laid.mentions) transaction.create(mentioned)
  told.push(...laid.told)
}

function inTeam(person: Person): Segment[] {
  return rolesAround(person).filter((rol) => rol.name === "PRT" || rol.text(3) !== "PP")
}

function teamOf(subject: Reference, reading: Reading): OwnIdentifier {
  return own(reading, "CareTeam", subject.reference ?? "", "roles")
}

/**
 * The actions on one member (ROL-2 and PRT-2, tables 0287 and 0206). Members that come without one,
 * or as a snapshot (S), are the whole team as it stands.
 */
const changes: ReadonlySet<string> = new Set("A AD CO D DE LI U UC UN UP X".split(" "))

/** The part that says that the others are the whole team. */
const whole = "PRT"

/** One member as a part of the team, known by the role and by who has it. */
function memberPart(rol: Segment, subject: Reference, reading: Reading): Part | undefined {
  const at = rolFields(rol)
  const who = rol.repetitions(at.person)[0] ?? rol.repetitions(at.organization)[0]
  if (who === undefined) {
    reading.note(`${rol.name}: nobody is named in the role; it is left out`)
    return undefined
  }
  const key = own(reading, "CareTeam", rol.text(at.role) ?? "", who.text(1) ?? who.whole())
  const part = `${whole} ${key.value}`
  if (isDeleted(rol)) return { part, makes: null, mentions: [] }
  return partOf(part, reading, (mention) => {
    const made = member(rol, subject, reading, mention)
    if (made === undefined) return undefined
    const isRol = rol.name === "ROL"
    const reasonCode = isRol ? each(rol, 8, (cwe) => concept(cwe, "ROL-8", reading)) : []
    return { participant: [made], reasonCode, telecom: telecomsOf(rol, undefined, reading) }
  })
}

function member(
  rol: Segment,
  subject: Reference,
  reading: Reading,
  mention: Mention,
): CareTeamParticipant | undefined {
  const types = rol.name === "ROL" ? each(rol, 9, (cwe) => concept(cwe, "ROL-9", reading)) : []
  if (isSelf(rol, reading)) {
    const role = roleIn(rol, reading)
    return {
      role: [...(role ? [role] : []), ...types],
      member: subject,
      period: during(rol, reading),
    }
  }
  const inRole = needsRole(rol)
  const played = roleOf(rol, subject, inRole, reading, mention)
  if (played === undefined) return undefined
  const { role, person, related, firm } = played
  const plain = related || !inRole ? person : undefined
  const behalf = related ? undefined : (firm ?? unitNamed(rol, reading))
  if (related && firm) {
    reading.note(`${rol.name}: a relative takes part on behalf of no organization; it is left out`)
  }
  return {
    role: [...(role ? [role] : []), ...types],
    member: plain ?? (person ? practitionerRole(played, rol, reading, mention) : firm),
    // ctm-1: whoever has a PractitionerRole has their organization there.
    onBehalfOf: plain && behalf,
    period: played.during,
  }
}

/**
 * Whether a PractitionerRole is needed to say who takes part: for the number of the role, what kind
 * of staff a PRT calls them and where they work, and for whatever is said of somebody who is only
 * named.
 */
function needsRole(rol: Segment): boolean {
  const at = rolFields(rol)
  const fields = rol.name === "PRT" ? [at.type, at.place] : [at.place]
  if (rol.text(at.person) === undefined) fields.push(at.organization, at.phone)
  return roleNumber(rol) !== undefined || fields.some((one) => rol.repetitions(one).length > 0)
}

/**
 * Keeps the relatives up to date like those of NK1, which count where both are of one person. One
 * of whom no way to reach them is told is only mentioned: an NK1 of before may have told it.
 */
function addRelatives(
  roles: readonly Segment[],
  subject: Reference,
  { transaction, reading }: Writing,
): void {
  const standing = new Map<string | undefined, RelatedPerson>()
  const left = new Map<string | undefined, RelatedPerson>()
  for (const rol of roles) {
    const made = isSelf(rol, reading) ? undefined : relative(rol, subject, reading)
    if (made === undefined) continue
    const all = isDeleted(rol) ? left : standing
    const name = made.identifier?.[0]?.value
    all.set(name, bothOf(all.get(name), made))
  }
  for (const [name, one] of left) {
    if (!standing.has(name)) transaction.update({ ...one, active: false })
  }
  for (const one of standing.values()) {
    const { telecom = [], address = [] } = one
    telecom.length + address.length > 0 ? transaction.update(one) : transaction.create(one)
  }
}

/** One person of two roles: the mother is whom to call, too. */
function bothOf(before: RelatedPerson | undefined, made: RelatedPerson): RelatedPerson {
  if (before === undefined) return made
  const { relationship = [], telecom = [], address = [] } = before
  return {
    ...made,
    ...before,
    relationship: [...relationship, ...(made.relationship ?? [])],
    telecom: telecom.length > 0 ? telecom : made.telecom,
    address: address.length > 0 ? address : made.address,
  }
}

/** The members since the team was last told of as a whole, or those that stood there before. */
function joinTeam(said: readonly Said[], read: Elements): Joined {
  const snapshot = said.find(({ part }) => part === whole)
  const since = snapshot?.messageId ?? 0
  const { elements, mentions } = joinParts(
    said.filter((one) => one !== snapshot && one.messageId >= since),
  )
  const { participant: all = [], reasonCode, telecom } = elements as Partial<CareTeam>
  const there = snapshot ? [] : ((read as Pick<CareTeam, "participant">).participant ?? [])
  const names = new Set(all.map(nameOf))
  const participant = [...there.filter((one) => !names.has(nameOf(one))), ...all]
  if (participant.length === 0) return { elements: {}, mentions }
  // The number of one of several is not that of all, which R4 takes a team's to be.
  const reached = participant.length === 1 ? telecom : undefined
  return { elements: compact({ participant, reasonCode, telecom: reached }) ?? {}, mentions }
}

/** The destination refers to its own resources: the role and the name tell a member again. */
function nameOf({ role, member: who }: CareTeamParticipant): string {
  return JSON.stringify([role?.[0]?.coding?.[0]?.code, who?.display])
}
