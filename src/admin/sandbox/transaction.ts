import { type Entry, type Plan, type Planning, planEntry } from "./plan.ts"
import { resolveReferences } from "./references.ts"
import { isRefusal, type Refusal, refusal } from "./refusal.ts"
import type { Kept, Resources } from "./resources.ts"

/** What an entry came to; nothing is kept after a delete. */
export interface Done {
  status: 200 | 201 | 204
  kept?: Kept
}

export interface Bounds {
  resourcesMax: number
  bytesMax: number
}

/** The order in which a transaction is done, whatever order it comes in (R4, 3.1.0.11.2). */
const order = ["DELETE", "POST", "PUT", "GET"]

/**
 * Does all entries or none. Every entry is planned first and all that can go wrong is found
 * there, so that nothing is ever to be undone. The answers stand in the order of the entries.
 */
export function transact(
  resources: Resources,
  entries: readonly Entry[],
  { lastUpdated, ...bounds }: Bounds & { lastUpdated: string },
): Done[] | Refusal {
  const turns = entries.map((entry, index) => ({ entry, index })).sort(byOrder)
  const planning: Planning = {
    resources,
    written: new Set(),
    deleted: new Set(),
    conditions: new Set(),
  }
  const plans: { plan: Plan; index: number }[] = []
  for (const { entry, index } of turns) {
    const plan = planEntry(planning, entry)
    if (isRefusal(plan)) return { ...plan, entry: index }
    plans.push({ plan, index })
  }
  const problem = linkEntries(entries, plans) ?? tooMany(resources, plans, bounds)
  if (problem) return problem
  const answers: Done[] = new Array(entries.length)
  for (const { plan, index } of plans) answers[index] = perform(resources, plan, lastUpdated)
  return answers
}

function byOrder(a: { entry: Entry }, b: { entry: Entry }): number {
  const rank = ({ request }: Entry) => order.indexOf(String(request?.method))
  return rank(a.entry) - rank(b.entry)
}

/** Resolves what entries say of one another, now that it is known where each will be. */
function linkEntries(
  entries: readonly Entry[],
  plans: readonly { plan: Plan; index: number }[],
): Refusal | undefined {
  const targets = new Map<string, string>()
  for (const { plan, index } of plans) {
    const fullUrl = entries[index]?.fullUrl
    if (typeof fullUrl !== "string" || plan.act === "delete") continue
    if (targets.has(fullUrl)) {
      const problem = refusal(400, "duplicate", `two entries have the fullUrl ${fullUrl}`)
      return { ...problem, entry: index }
    }
    targets.set(fullUrl, `${plan.type}/${plan.id}`)
  }
  for (const { plan, index } of plans) {
    if (plan.act !== "create" && plan.act !== "update") continue
    const [problem] = resolveReferences(plan.resource, targets)
    if (problem) return { ...refusal(400, "not-found", problem), entry: index }
  }
  return undefined
}

function tooMany(
  resources: Resources,
  plans: readonly { plan: Plan }[],
  { resourcesMax, bytesMax }: Bounds,
): Refusal | undefined {
  const added = plans.filter(
    ({ plan }) =>
      plan.act === "create" || (plan.act === "update" && !resources.read(plan.type, plan.id)),
  ).length
  const full = resources.count() + added > resourcesMax || resources.bytes() > bytesMax
  if (added === 0 || !full) return undefined
  const what = `the sandbox is full with ${resources.count()} resources; a restart empties it`
  return refusal(507, "no-store", what)
}

function perform(resources: Resources, plan: Plan, lastUpdated: string): Done {
  switch (plan.act) {
    case "create":
    case "update": {
      const kept = resources.put(plan.type, plan.id, plan.resource, lastUpdated)
      return { status: kept.version === 1 ? 201 : 200, kept }
    }
    case "delete":
      if (plan.id !== undefined) resources.delete(plan.type, plan.id)
      return { status: 204 }
    case "keep":
    case "read": {
      const kept = resources.read(plan.type, plan.id)
      if (!kept) throw new Error(`${plan.type}/${plan.id} was planned, and is gone`)
      return { status: 200, kept }
    }
  }
}
