import { afterEach } from "bun:test"
import { openStore, type Store } from "../../src/store/index.ts"
import type { StoreConfig } from "../../src/store/settings.ts"

/** Opens stores that are closed after each test of the file that asks for this. */
export function storesOfThisFile() {
  const open: Store[] = []
  const close = async (store: Store) => {
    open.splice(open.indexOf(store), 1)
    await store.close()
  }
  afterEach(async () => {
    for (const store of [...open]) await close(store)
  })
  return {
    close,
    async storeIn(folder: string, settings?: StoreConfig): Promise<Store> {
      const store = await openStore(folder, settings)
      open.push(store)
      return store
    },
  }
}
