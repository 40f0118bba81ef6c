import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"
import { openSandbox } from "../../src/admin/sandbox/index.ts"
import { jsonOf, xmlOf } from "./xml.ts"

/** What is wrong with central; taken from the next request on. */
export type Fault =
  | "none"
  /** Takes the request and never answers. */
  | "hang"
  /** Cuts the connection before anything is done. */
  | "reset"
  /** Does what it was asked, and cuts the connection before it says so. */
  | "lost answer"
  /** Answers 200 with the page of a proxy. */
  | "html"
  /** Answers 200 with the first half of its JSON. */
  | "invalid JSON"
  /** Answers 200 with nothing. */
  | "empty"
  /** Answers so without doing anything. */
  | { status: number; body?: string; headers?: Record<string, string> }
  /** Answers 401 to all but those that are let in. */
  | { letsIn: (asked: Asked) => boolean }
  /** Does what it was asked, and answers when this resolves. */
  | { until: Promise<unknown> }

export interface Central {
  /** The base to configure: `http://127.0.0.1:40123/fhir`. */
  readonly url: string
  fault: Fault
  /** Everything that was asked so far. */
  readonly requests: readonly Asked[]
  /** Resolves at the next request, once it has come in whole. */
  asked(): Promise<Asked>
  /** How many resources it keeps, of one type or of all. */
  count(type?: string): number
  /** Closes the port: connections are refused until `up`. What it keeps stays. */
  down(): Promise<void>
  /** Opens the same port again. */
  up(): Promise<void>
  close(): Promise<void>
}

export interface Asked {
  method: string
  path: string
  headers: Headers
  body: string
}

interface Answered {
  status: number
  headers: Record<string, string>
  body: string
}

const page = "<!doctype html>\n<html><head><title>Gateway Time-out</title></head></html>"

/** A FHIR server at a real port, with faults that can be set while it runs. */
export async function openCentral({ port = 0, resourcesMax = 1_000_000 } = {}): Promise<Central> {
  const sandbox = openSandbox({ path: "/fhir", resourcesMax })
  const requests: Asked[] = []
  const waiting: ((asked: Asked) => void)[] = []
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void handle(request, response)
  })
  await listen(port)
  const { port: bound } = server.address() as AddressInfo

  const central: Central = {
    url: `http://127.0.0.1:${bound}/fhir`,
    fault: "none",
    requests,
    asked: () => new Promise((resolve) => waiting.push(resolve)),
    count: sandbox.count,
    down,
    up: () => listen(bound),
    close: down,
  }
  return central

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const asked = await readRequest(request).catch(() => undefined)
    // Whoever asked broke off before all of it was said.
    if (!asked) return
    // The greeting comes when it will: counted, it would make every test count on it.
    if (asked.path === "/fhir/metadata") return reply(response, await answerTo(asked))
    requests.push(asked)
    for (const resolve of waiting.splice(0)) resolve(asked)
    const { fault } = central
    if (fault === "hang") return
    if (fault === "reset") return request.socket.destroy()
    if (typeof fault === "object" && "status" in fault) return reply(response, fault)
    if (typeof fault === "object" && "letsIn" in fault && !fault.letsIn(asked)) {
      return reply(response, { status: 401 })
    }
    if (fault === "html") return reply(response, { status: 200, body: page })
    if (fault === "empty") return reply(response, { status: 200 })
    const answer = await answerTo(asked)
    if (fault === "lost answer") return request.socket.destroy()
    if (typeof fault === "object" && "until" in fault) await fault.until
    const body =
      fault === "invalid JSON" ? answer.body.slice(0, answer.body.length / 2) : answer.body
    reply(response, { ...answer, body })
  }

  /** The sandbox speaks JSON alone: for one who speaks XML, the two are turned into each other. */
  async function answerTo({ method, path, headers: sent, body }: Asked): Promise<Answered> {
    const headers = new Headers(sent)
    const reads = headers.get("accept")?.includes("xml") ?? false
    const writes = headers.get("content-type")?.includes("xml") ?? false
    if (writes) headers.set("content-type", "application/fhir+json")
    headers.delete("content-encoding")
    const content = method === "GET" ? {} : { body: writes ? jsonOf(body) : body }
    const request = new Request(`http://127.0.0.1:${bound}${path}`, { method, headers, ...content })
    const answer = await sandbox.app.fetch(request, { requestIP: () => ({ address: "127.0.0.1" }) })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: reads && text.startsWith("{") ? xmlOf(text) : text,
    }
  }

  function listen(at: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (server.listening) return resolve()
      server.once("error", reject)
      server.listen(at, "127.0.0.1", () => {
        server.off("error", reject)
        resolve()
      })
    })
  }

  function down(): Promise<void> {
    return new Promise((resolve) => {
      if (!server.listening) return resolve()
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}

async function readRequest(request: IncomingMessage): Promise<Asked> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = "", url: path = "" } = request
  const headers = new Headers(request.headers as Record<string, string>)
  const body = Buffer.concat(chunks)
  const isGzip = headers.get("content-encoding") === "gzip"
  return { method, path, headers, body: (isGzip ? gunzipSync(body) : body).toString() }
}

function reply(
  response: ServerResponse,
  { status, headers, body }: { status: number; headers?: Record<string, string>; body?: string },
): void {
  response.writeHead(status, headers).end(body)
}
