import { type Config, StartProblem } from "./config.ts"
import { followOnce } from "./follow.ts"
import { owed } from "./route.ts"
import type { Store } from "./store/index.ts"

/**
 * Puts a store under a configuration, which it keeps. The tail of the journal is followed under the
 * routes it was received under before new ones apply: an acknowledged message is owed to whoever it
 * was owed to then. Throws StartProblem, with nothing taken over, where that would lose or double
 * what was delivered.
 */
export async function takeOver(store: Store, config: Config): Promise<void> {
  const text = JSON.stringify(config)
  const before = await store.recall("config")
  if (before !== undefined && before !== text) {
    const { site, route } = JSON.parse(before) as Pick<Config, "site" | "route">
    await refuseOtherSite(store, site.id, config.site)
    while ((await followOnce({ store, owed: (message) => owed(route, message) })) > 0);
  }
  const { destinations } = await store.counts()
  const abandoned = Object.entries(destinations)
    .filter(([name, { pending, held }]) => pending + held > 0 && !(name in config.destination))
    .map(
      ([name, { pending, held }]) =>
        `destination.${name}: is still owed messages (${pending} pending, ${held} held): keep it ` +
        "in the configuration until they are delivered or discarded",
    )
  if (abandoned.length > 0) throw new StartProblem(abandoned)
  const blocking = Object.entries(config.destination).filter(([, { onHeld }]) => onHeld === "block")
  await store.blocking(new Set(blocking.map(([name]) => name)))
  if (before !== text) await store.remember("config", text)
}

/** Every identity at a destination is made of the site's id: under another all would be doubled. */
async function refuseOtherSite(store: Store, before: string, site: Config["site"]): Promise<void> {
  if (site.id === before || site.renamedFrom === before) return
  const { destinations } = await store.counts()
  const delivered = Object.values(destinations).reduce((sum, one) => sum + one.delivered, 0)
  if (delivered === 0) return
  throw new StartProblem([
    `site.id: is ${site.id}, but this data folder has delivered as ${before} ` +
      `(${delivered} times): under another id the destinations would have each patient and each ` +
      `result a second time; set it back to ${before}, or give this site a data folder of its ` +
      `own with --data, or write renamedFrom = "${before}" below it where a second time is meant`,
  ])
}
