/**
 * A FHIR server that stores nothing, a process of its own: it says yes to every transaction, knows
 * of no resource, and counts. Prints `{"port":N}` when it listens; `GET /tally` gives a Tally.
 */
export interface Tally {
  transactions: number
  /** Transactions whose idempotency key was there before. */
  repeated: number
  /** When the first and the last came, in milliseconds since 1970; 0 before there was one. */
  firstAt: number
  lastAt: number
}

const tally: Tally = { transactions: 0, repeated: 0, firstAt: 0, lastAt: 0 }
const keys = new Set<string>()

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 0),
  development: false,
  async fetch(request) {
    if (request.method === "POST") {
      return accept((await request.json()) as Transaction, request.headers)
    }
    if (new URL(request.url).pathname === "/tally") return Response.json(tally)
    return Response.json({ resourceType: "Bundle", type: "searchset", total: 0, entry: [] })
  },
})
console.log(JSON.stringify({ port: server.port }))

interface Transaction {
  entry: { resource: { resourceType: string } }[]
}

function accept(bundle: Transaction, headers: Headers): Response {
  const key = headers.get("idempotency-key") ?? ""
  if (keys.has(key)) tally.repeated++
  keys.add(key)
  tally.transactions++
  tally.lastAt = Date.now()
  tally.firstAt ||= tally.lastAt
  const entry = bundle.entry.map(({ resource }, index) => ({
    response: {
      status: "201 Created",
      location: `${resource.resourceType}/${tally.transactions}-${index}/_history/1`,
      etag: 'W/"1"',
    },
  }))
  return Response.json({ resourceType: "Bundle", type: "transaction-response", entry })
}
