import type { Store } from "../../src/store/index.ts"

/** Follows the whole journal, each message to these destinations. */
export async function followTo(store: Store, ...destinations: string[]): Promise<void> {
  const next = await store.unfollowed(10_000)
  const kinds = next.kinds.map((kind) => ({ ...kind, destinations }))
  await store.follow(next, kinds)
}
