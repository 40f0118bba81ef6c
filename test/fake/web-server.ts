import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

/** A web server that takes what it is handed, and knows what it had before by its key. */
export interface WebServer {
  /** `http://127.0.0.1:40123/in?tenant=3` */
  readonly url: string
  /** Everything that came in, in its order. */
  readonly requests: readonly Handed[]
  /** How many different things it keeps. */
  kept(): number
  /** What it does with a request from now on. */
  answer: (handed: Handed) => Does | Promise<Does>
  /** Resolves at the next request, once it has come in whole. */
  asked(): Promise<Handed>
  down(): Promise<void>
  up(): Promise<void>
}

export interface Handed {
  method: string
  path: string
  headers: Headers
  body: Buffer
}

/** `keep` says whether it did what it was asked; without a status it breaks off. */
export interface Does {
  keep: boolean
  status?: number
  headers?: Record<string, string>
  body?: string
}

export async function openWebServer(): Promise<WebServer> {
  const keys = new Set<string>()
  const requests: Handed[] = []
  const waiting: ((handed: Handed) => void)[] = []
  const server = createServer(async (request, response) => {
    const handed = await read(request)
    requests.push(handed)
    for (const resolve of waiting.splice(0)) resolve(handed)
    const does = await web.answer(handed)
    if (does.keep) keys.add(handed.headers.get("idempotency-key") ?? "")
    reply(response, does)
  })
  const listen = (at: number) =>
    new Promise<void>((resolve) => {
      if (server.listening) resolve()
      else server.listen(at, "127.0.0.1", resolve)
    })
  await listen(0)
  const { port } = server.address() as { port: number }
  const web: WebServer = {
    url: `http://127.0.0.1:${port}/in?tenant=3`,
    requests,
    kept: () => keys.size,
    answer: () => ({ keep: true, status: 200 }),
    asked: () => new Promise((resolve) => waiting.push(resolve)),
    up: () => listen(port),
    down: () =>
      new Promise((resolve) => {
        if (!server.listening) return resolve()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return web
}

async function read(request: IncomingMessage): Promise<Handed> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = "", url: path = "" } = request
  const headers = new Headers(request.headers as Record<string, string>)
  return { method, path, headers, body: Buffer.concat(chunks) }
}

function reply(response: ServerResponse, { status, headers, body }: Does): void {
  if (status === undefined) response.socket?.destroy()
  else response.writeHead(status, headers).end(body)
}
