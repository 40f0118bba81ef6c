import type { Appended, NewMessage } from "./journal.ts"
import type { StoreConfig } from "./settings.ts"
import type { Store } from "./store.ts"

/** What can be called on the other side. */
export type Method = Exclude<keyof Store, "epoch">

/** One call on its way to the store's thread. */
export interface Call {
  id: number
  method: Method
  args: unknown[]
}

/** What came of a call. */
export type Reply = { id: number } & ({ value: unknown } | { problem: string })

/**
 * Messages to append, packed: what was read off them as JSON, each with its call's id and length,
 * and all their bytes in one piece. To clone them as objects cost 7 of the 36 µs that a message
 * took on the main thread at 64 connections; this costs 2.
 */
export interface Appends {
  heads: string
  bytes: Uint8Array<ArrayBuffer>
}

export type Head = [
  id: number,
  length: number,
  source: string,
  peer: string,
  receivedAt: number,
  type: string,
  controlId: string,
  subjects: readonly string[],
]

/** What crosses over to the thread, and back, in one turn of the event loop. */
export interface Crossing {
  calls: Call[]
  appends?: Appends
}

export interface Crossed {
  replies: Reply[]
  /** The appends that went well, as JSON: most of what crosses. */
  appended: string
}

export type Done = [id: number, appended: Appended]

/** What the thread is told first. */
export interface Opening {
  folder: string
  settings: StoreConfig
}

/** What the thread says once it has tried to open the store. */
export type Opened = { epoch: string } | { problem: string }

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** The main thread's side: all calls of one turn cross over together, and so do their answers. */
export class Remote {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #calls: Call[] = []
  #appends: { id: number; message: NewMessage }[] = []
  #lastId = 0
  #crossing = false

  constructor(worker: Worker) {
    this.#worker = worker
    worker.onmessage = ({ data }: MessageEvent<Crossed>) => this.#take(data)
    // A bug there is a bug here: the process ends, and what was acknowledged is on disk.
    worker.onerror = ({ message }) => {
      throw new Error(`the store's thread failed: ${message}`)
    }
  }

  call(method: Method, args: unknown[]): Promise<unknown> {
    const id = this.#next()
    this.#calls.push({ id, method, args })
    return this.#answerTo(id)
  }

  append(message: NewMessage): Promise<Appended> {
    const id = this.#next()
    this.#appends.push({ id, message })
    return this.#answerTo(id) as Promise<Appended>
  }

  #answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  #next(): number {
    if (!this.#crossing) setImmediate(() => this.#cross())
    this.#crossing = true
    return ++this.#lastId
  }

  #cross(): void {
    const crossing: Crossing = { calls: this.#calls }
    if (this.#appends.length > 0) crossing.appends = packed(this.#appends)
    this.#calls = []
    this.#appends = []
    this.#crossing = false
    this.#worker.postMessage(crossing, crossing.appends ? [crossing.appends.bytes.buffer] : [])
  }

  #take({ replies, appended }: Crossed): void {
    for (const [id, value] of JSON.parse(appended) as Done[]) this.#settle(id)?.resolve(value)
    for (const reply of replies) {
      const waiting = this.#settle(reply.id)
      if ("problem" in reply) waiting?.reject(new Error(reply.problem))
      else waiting?.resolve(reply.value)
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }
}

function packed(appends: readonly { id: number; message: NewMessage }[]): Appends {
  const length = appends.reduce((sum, { message }) => sum + message.bytes.length, 0)
  const bytes = new Uint8Array(length)
  let at = 0
  const heads = appends.map(({ id, message }): Head => {
    const { source, peer, receivedAt, type, controlId, subjects, bytes: own } = message
    bytes.set(own, at)
    at += own.length
    return [id, own.length, source, peer, receivedAt, type, controlId, subjects]
  })
  return { heads: JSON.stringify(heads), bytes }
}
