/**
 * The store's own thread: here one waits for the disk, so that nobody waits on the main thread.
 * Answers all that is done in one turn at once.
 */
import { StoreProblem } from "./database.ts"
import type { Call, Opened, Reply } from "./index.ts"
import { openStoreHere, type Store } from "./store.ts"

declare const self: Worker

let replies: Reply[] = []

self.onmessage = ({ data: folder }: MessageEvent<string>) => {
  try {
    const store = openStoreHere(folder)
    self.onmessage = ({ data: calls }: MessageEvent<Call[]>) => {
      for (const call of calls) void serve(store, call)
    }
    self.postMessage({ epoch: store.epoch } satisfies Opened)
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error
    self.postMessage({ problem: error.message } satisfies Opened)
  }
}

async function serve(store: Store, { id, method, args }: Call): Promise<void> {
  const call = store[method] as (...args: unknown[]) => Promise<unknown>
  try {
    answer({ id, value: await call(...args) })
  } catch (error) {
    answer({ id, problem: (error as Error).message })
  }
}

function answer(reply: Reply): void {
  if (replies.length === 0) {
    setImmediate(() => {
      self.postMessage(replies)
      replies = []
    })
  }
  replies.push(reply)
}
