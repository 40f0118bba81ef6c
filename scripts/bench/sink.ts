/**
 * A FHIR server that stores nothing, a process of its own: it says yes to every transaction, knows
 * of no resource, and counts. Takes SinkSettings as JSON. Prints `{"port":N}` when it listens;
 * `GET /tally` gives a Tally.
 */
import { createServer } from "node:net"
import { type Child, startScript } from "./child.ts"

export interface SinkSettings {
  /** 0: any that is free. */
  port?: number
  /** How long it takes over a transaction. */
  answerMs?: number
}

export interface Tally {
  /** Milliseconds since 1970. */
  at: number
  transactions: number
  /** Transactions whose idempotency key was there before. */
  repeated: number
  /** When the first and the last came, in milliseconds since 1970; 0 before there was one. */
  firstAt: number
  lastAt: number
}

export interface Sink extends Child {
  port: number
  tally(): Promise<Tally>
}

export async function startSink(settings: SinkSettings = {}): Promise<Sink> {
  const child = await startScript("sink.ts", [JSON.stringify(settings)])
  const port = Number(child.said.port)
  const tally = async () => (await (await fetch(`http://127.0.0.1:${port}/tally`)).json()) as Tally
  return { ...child, port, tally }
}

/** A port of this machine that refuses connections until a sink takes it. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

if (import.meta.main) serve(JSON.parse(process.argv[2] ?? "{}"))

function serve({ port = 0, answerMs = 0 }: SinkSettings): void {
  const tally: Omit<Tally, "at"> = { transactions: 0, repeated: 0, firstAt: 0, lastAt: 0 }
  const keys = new Set<string>()
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    development: false,
    async fetch(request) {
      if (request.method === "POST") {
        const bundle = (await request.json()) as Transaction
        count(request.headers.get("idempotency-key") ?? "")
        if (answerMs > 0) await Bun.sleep(answerMs)
        return answerTo(bundle, tally.transactions)
      }
      if (new URL(request.url).pathname === "/tally") {
        return Response.json({ at: Date.now(), ...tally } satisfies Tally)
      }
      return Response.json({ resourceType: "Bundle", type: "searchset", total: 0, entry: [] })
    },
  })
  console.log(JSON.stringify({ port: server.port }))

  function count(key: string): void {
    if (keys.has(key)) tally.repeated++
    keys.add(key)
    tally.transactions++
    tally.lastAt = Date.now()
    tally.firstAt ||= tally.lastAt
  }
}

interface Transaction {
  entry: { resource: { resourceType: string } }[]
}

function answerTo(bundle: Transaction, transaction: number): Response {
  const entry = bundle.entry.map(({ resource }, index) => ({
    response: {
      status: "201 Created",
      location: `${resource.resourceType}/${transaction}-${index}/_history/1`,
      etag: 'W/"1"',
    },
  }))
  return Response.json({ resourceType: "Bundle", type: "transaction-response", entry })
}
