/**
 * Writes into a resource where its references ended up: what other entries of the transaction
 * are called by `fullUrl`, wherever it stands as a reference or an attachment's url (R4,
 * 3.1.0.11.2.2). Returns the problems: references that lead nowhere would be kept for ever.
 */
export function resolveReferences(value: unknown, targets: ReadonlyMap<string, string>): string[] {
  if (typeof value !== "object" || value === null) return []
  const problems: string[] = []
  const members = value as Record<string, unknown>
  for (const [name, member] of Object.entries(members)) {
    if (typeof member !== "string") {
      problems.push(...resolveReferences(member, targets))
    } else if (name === "reference" || name === "url") {
      const target = targets.get(member)
      if (target !== undefined) members[name] = target
      else if (name === "reference") problems.push(...danglingReference(member))
    }
  }
  return problems
}

function danglingReference(reference: string): string[] {
  if (/^urn:(uuid|oid):/.test(reference)) {
    return [`the reference ${reference} is the fullUrl of no entry that stays`]
  }
  if (reference.includes("?")) {
    return [`the reference ${reference} is a search, which the sandbox does not follow`]
  }
  return []
}
