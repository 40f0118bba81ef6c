import type { Store } from "../../src/store/index.ts"

/** Follows the whole journal, each message to these destinations. */
export async function followTo(store: Store, ...destinations: string[]): Promise<void> {
  const messages = await store.unfollowed(10_000)
  await store.follow(messages.map(({ id }) => ({ id, destinations })))
}
