/**
 * A FHIR server that stores nothing, a process of its own: it says yes to every transaction, knows
 * of no resource, and counts. Takes SinkSettings as JSON. Prints `{"port":N}` when it listens;
 * `GET /tally` gives a Tally, and `POST /token` a token. At SIGUSR1 its port is closed, at SIGUSR2
 * open again, with all its tokens forgotten.
 */
import { createServer } from "node:net"
import { type Child, startScript } from "./child.ts"
import { Ledger, type Tally, type Transaction } from "./ledger.ts"

export interface SinkSettings {
  /** 0: any that is free. */
  port?: number
  /** How long it takes over a transaction. */
  answerMs?: number
  /** It answers 401 to whoever shows no token that it gave since its start. */
  tokens?: boolean
}

export interface Sink extends Child {
  port: number
  tally(): Promise<Tally>
  /** Closes its port; resolves when connections are refused. */
  leave(): Promise<void>
  /** Opens the same port again; resolves when it answers. */
  comeBack(): Promise<void>
}

export async function startSink(settings: SinkSettings = {}): Promise<Sink> {
  const child = await startScript("sink.ts", [JSON.stringify(settings)])
  const port = Number(child.said.port)
  const tally = async () => (await (await fetch(`http://127.0.0.1:${port}/tally`)).json()) as Tally
  const until = async (there: boolean) => {
    while ((await tally().then(Boolean, () => false)) !== there) await Bun.sleep(5)
  }
  return {
    ...child,
    port,
    tally,
    async leave() {
      process.kill(child.pid, "SIGUSR1")
      await until(false)
    },
    async comeBack() {
      process.kill(child.pid, "SIGUSR2")
      await until(true)
    },
  }
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

function serve({ port = 0, answerMs = 0, tokens = false }: SinkSettings): void {
  const ledger = new Ledger()
  const given = new Set<string>()
  // A transaction of ten takes a line of 64 kbit/s longer than the usual 10 s, in s.
  const settings = { hostname: "127.0.0.1", development: false, idleTimeout: 255, fetch: answer }
  const listen = (at: number) => Bun.serve({ ...settings, port: at })
  let server = listen(port)
  const bound = server.port
  // With its port closed nothing else would keep the process.
  setInterval(() => {}, 60_000)
  process.on("SIGUSR1", () => void server.stop(true))
  process.on("SIGUSR2", () => {
    given.clear()
    server = listen(bound ?? 0)
  })
  console.log(JSON.stringify({ port: bound }))

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === "/tally") return Response.json(ledger.tally())
    if (pathname === "/token") return grant()
    if (tokens && !given.has(request.headers.get("authorization") ?? "")) {
      return new Response(undefined, { status: 401 })
    }
    if (request.method === "POST") {
      const bundle = await read(request)
      const transaction = ledger.count(request.headers.get("idempotency-key") ?? "", bundle)
      if (answerMs > 0) await Bun.sleep(answerMs)
      return answerTo(bundle, transaction)
    }
    return Response.json({ resourceType: "Bundle", type: "searchset", total: 0, entry: [] })
  }

  function grant(): Response {
    const token = crypto.randomUUID()
    given.add(`Bearer ${token}`)
    return Response.json({ access_token: token, token_type: "Bearer", expires_in: 3600 })
  }
}

async function read(request: Request): Promise<Transaction> {
  const isPacked = request.headers.get("content-encoding") === "gzip"
  if (!isPacked) return (await request.json()) as Transaction
  return JSON.parse(new TextDecoder().decode(Bun.gunzipSync(await request.arrayBuffer())))
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
