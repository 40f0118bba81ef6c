import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** What was asked of it. */
export interface TokenAsked {
  path: string
  headers: Headers
  form: URLSearchParams
  /** Resolves when who asked has left. */
  gone: Promise<unknown>
}

/** What it answers: a body that is no text goes out as JSON. */
export interface TokenAnswer {
  status?: number
  headers?: Record<string, string>
  body?: unknown
}

/** A token endpoint that answers as it is told to, right or wrong. */
export interface TokenEndpoint {
  readonly url: string
  readonly requests: readonly TokenAsked[]
  /** Taken for each request; a token `token-1`, `token-2` … of an hour until it is set. */
  answer: (asked: TokenAsked, count: number) => TokenAnswer | Promise<TokenAnswer>
  /** Closes the port: connections are refused until `up`. */
  down(): Promise<void>
  up(): Promise<void>
}

/** Opens one on a free port of the loopback address. */
export async function openTokenEndpoint(): Promise<TokenEndpoint & AsyncDisposable> {
  const requests: TokenAsked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const asked = {
      path: request.url ?? "",
      headers: new Headers(request.headers as Record<string, string>),
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
      gone: new Promise((resolve) => request.socket.once("close", resolve)),
    }
    const count = requests.push(asked)
    const { status = 200, headers, body = "" } = await endpoint.answer(asked, count)
    response.writeHead(status, headers)
    response.end(typeof body === "string" ? body : JSON.stringify(body))
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const endpoint: TokenEndpoint & AsyncDisposable = {
    url: `http://127.0.0.1:${port}/token`,
    requests,
    answer: (_asked, count) => ({ body: granted(`token-${count}`) }),
    down,
    up: () => listen(port),
    [Symbol.asyncDispose]: down,
  }
  return endpoint
}

/** The body that grants a token (RFC 6749, 5.1). */
export function granted(token: string, expiresIn: unknown = 3600) {
  return { access_token: token, token_type: "Bearer", expires_in: expiresIn }
}
