/**
 * The store's own thread: here one waits for the disk, so that nobody waits on the main thread.
 * Answers all that is done in one turn at once.
 */
import { StoreProblem } from "./database.ts"
import type { Appends, Crossed, Crossing, Done, Head, Opened, Opening, Reply } from "./remote.ts"
import { openStoreHere, type Store } from "./store.ts"

declare const self: Worker

let replies: Reply[] = []
let appended: Done[] = []

self.onmessage = ({ data: { folder, settings } }: MessageEvent<Opening>) => {
  try {
    const store = openStoreHere(folder, settings)
    self.onmessage = ({ data }: MessageEvent<Crossing>) => serve(store, data)
    self.postMessage({ epoch: store.epoch } satisfies Opened)
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error
    self.postMessage({ problem: error.message } satisfies Opened)
  }
}

function serve(store: Store, { calls, appends }: Crossing): void {
  if (appends) append(store, appends)
  for (const { id, method, args } of calls) {
    const call = store[method] as (...args: unknown[]) => Promise<unknown>
    call(...args).then(
      (value) => answer(() => replies.push({ id, value })),
      (error) => refuse(id, error),
    )
  }
}

function append(store: Store, { heads, bytes }: Appends): void {
  let at = 0
  for (const [id, length, source, peer, receivedAt, type, controlId, subjects] of parsed(heads)) {
    const own = bytes.subarray(at, at + length)
    at += length
    store.append({ source, peer, receivedAt, type, controlId, subjects, bytes: own }).then(
      (done) => answer(() => appended.push([id, done])),
      (error) => refuse(id, error),
    )
  }
}

function parsed(heads: string): Head[] {
  return JSON.parse(heads)
}

function refuse(id: number, error: Error): void {
  answer(() => replies.push({ id, problem: error.message }))
}

/** All answers of one turn go back together. */
function answer(add: () => void): void {
  if (replies.length === 0 && appended.length === 0) setImmediate(sendAnswers)
  add()
}

function sendAnswers(): void {
  self.postMessage({ replies, appended: JSON.stringify(appended) } satisfies Crossed)
  replies = []
  appended = []
}
