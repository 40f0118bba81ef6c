import { StoreProblem } from "./database.ts"
import { beginningOf } from "./quarantine.ts"
import { type Method, type Opened, type Opening, Remote } from "./remote.ts"
import { type StoreConfig, storeDefaults } from "./settings.ts"
import type { Store } from "./store.ts"

export { StoreProblem } from "./database.ts"
export { storeConfig } from "./settings.ts"
export type { Counts } from "./status.ts"
export type { Store } from "./store.ts"

/** In the binary all modules stand at the root of its file system, but for those of threads. */
const threads = import.meta.path.startsWith("/$bunfs/") ? "./store/" : "./"
const thread = new URL(`${threads}thread.ts`, import.meta.url).href

/**
 * Opens the store in `folder`, on a thread of its own: with the commits on the main thread, four
 * tenths of its time went into waiting for the disk. Rejects with StoreProblem and its advice when
 * it can't be opened.
 */
export async function openStore(
  folder: string,
  settings: StoreConfig = storeDefaults,
): Promise<Store> {
  const worker = new Worker(thread)
  const opened = await new Promise<Opened>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Opened>) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`the store's thread failed: ${message}`))
    worker.postMessage({ folder, settings } satisfies Opening)
  })
  if ("problem" in opened) {
    worker.terminate()
    throw new StoreProblem(opened.problem)
  }
  const remote = new Remote(worker)
  const method = <M extends Method>(name: M) =>
    ((...args: unknown[]) => remote.call(name, args)) as Store[M]
  return {
    epoch: opened.epoch,
    append: (message) => remote.append(message),
    // What is not kept need not cross over: a frame that is too large begins with 50 MiB.
    quarantine: (refused) => method("quarantine")(beginningOf(refused)),
    quarantined: method("quarantined"),
    inQuarantine: method("inQuarantine"),
    unfollowed: method("unfollowed"),
    follow: method("follow"),
    next: method("next"),
    nextDueAt: method("nextDueAt"),
    settle: method("settle"),
    hurry: method("hurry"),
    known: method("known"),
    counts: method("counts"),
    recall: method("recall"),
    remember: method("remember"),
    refusal: method("refusal"),
    probe: method("probe"),
    async close() {
      await remote.call("close", [])
      worker.terminate()
    },
  }
}
