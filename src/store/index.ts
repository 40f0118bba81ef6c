import { StoreProblem } from "./database.ts"
import type { Store } from "./store.ts"

export { StoreProblem } from "./database.ts"
export type { Counts } from "./status.ts"
export type { Store } from "./store.ts"

/** In the binary all modules stand at the root of its file system, but for those of threads. */
const threads = import.meta.path.startsWith("/$bunfs/") ? "./store/" : "./"
const thread = new URL(`${threads}thread.ts`, import.meta.url).href

type Method = Exclude<keyof Store, "epoch">

/** One call on its way to the store's thread. */
export interface Call {
  id: number
  method: Method
  args: unknown[]
}

/** What came of a call. */
export type Reply = { id: number } & ({ value: unknown } | { problem: string })

/** What the thread says once it has tried to open the store. */
export type Opened = { epoch: string } | { problem: string }

/**
 * Opens the store in `folder`, on a thread of its own: with the commits on the main thread, four
 * tenths of its time went into waiting for the disk. Rejects with StoreProblem and its advice when
 * it can't be opened.
 */
export async function openStore(folder: string): Promise<Store> {
  const worker = new Worker(thread)
  const opened = await new Promise<Opened>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Opened>) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`the store's thread failed: ${message}`))
    worker.postMessage(folder)
  })
  if ("problem" in opened) {
    worker.terminate()
    throw new StoreProblem(opened.problem)
  }
  return storeBehind(worker, opened.epoch)
}

function storeBehind(worker: Worker, epoch: string): Store {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let calls: Call[] = []
  let lastId = 0

  worker.onmessage = ({ data }: MessageEvent<Reply[]>) => {
    for (const reply of data) {
      const call = waiting.get(reply.id)
      waiting.delete(reply.id)
      if ("problem" in reply) call?.reject(new Error(reply.problem))
      else call?.resolve(reply.value)
    }
  }
  // A bug there is a bug here: the process ends, and what was acknowledged is on disk.
  worker.onerror = ({ message }) => {
    throw new Error(`the store's thread failed: ${message}`)
  }

  /** All calls of one turn of the event loop cross over together: 2.5 µs each, where one is 14. */
  function call(method: Method, args: unknown[]): Promise<unknown> {
    if (calls.length === 0) {
      setImmediate(() => {
        worker.postMessage(calls)
        calls = []
      })
    }
    const id = ++lastId
    calls.push({ id, method, args })
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  }

  const remote = <M extends Method>(method: M) =>
    ((...args: unknown[]) => call(method, args)) as Store[M]

  return {
    epoch,
    append: (message) => remote("append")({ ...message, bytes: alone(message.bytes) }),
    quarantine: (refused) => remote("quarantine")({ ...refused, bytes: alone(refused.bytes) }),
    unfollowed: remote("unfollowed"),
    follow: remote("follow"),
    next: remote("next"),
    nextDueAt: remote("nextDueAt"),
    settle: remote("settle"),
    hurry: remote("hurry"),
    known: remote("known"),
    counts: remote("counts"),
    recall: remote("recall"),
    remember: remote("remember"),
    probe: remote("probe"),
    async close() {
      await call("close", [])
      worker.terminate()
    },
  }
}

/** With a view of a larger buffer, all of that buffer would cross over. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
}
