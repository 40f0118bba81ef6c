import { afterEach } from "bun:test"
import { writeFileSync } from "node:fs"
import { connect } from "node:net"
import { join } from "node:path"
import * as v from "valibot"
import type { Source } from "../../../src/message.ts"
import { http } from "../../../src/source/http/index.ts"
import { temporaryFolder } from "../../build.ts"
import { type Core, openCore } from "../../fake/core.ts"

/** The token of these tests. */
export const token = "token-of-the-lab"

/** An HTTP source on any free port, and what stands behind it. */
export interface Listener {
  source: Source
  core: Core
  /** `http://127.0.0.1:…/in/lab`. */
  url: string
  tokensFile: string
  logged: Record<string, unknown>[]
  /** Posts a message as a sender with its token does, but for what a test says. */
  post(body: Uint8Array, headers?: Record<string, string>): Promise<Response>
}

/** Opens listeners that are closed after each test of the file that asks for this. */
export function listenersOfThisFile() {
  const opened: Source[] = []
  afterEach(async () => {
    for (const source of opened.splice(0)) await source.close()
  })
  return async function listen(section: Record<string, unknown> = {}): Promise<Listener> {
    const core = openCore()
    const tokensFile = join(temporaryFolder(), "tokens")
    writeFileSync(tokensFile, `${token}\n`)
    const logged: Record<string, unknown>[] = []
    const own = { kind: "http", host: "127.0.0.1", port: 0, tokensFile, ...section }
    const surroundings = {
      site: { id: "test", timezone: "Africa/Nairobi" },
      log: (event: string, fields = {}) => void logged.push({ event, ...fields }),
      now: Date.now,
    }
    const source = await http.open("lab", v.parse(http.config, own), core.receive, surroundings)
    opened.push(source)
    const post = (body: Uint8Array, headers: Record<string, string> = {}) =>
      fetch(source.address, {
        method: "POST",
        body: Uint8Array.from(body),
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/hl7-v2",
          ...headers,
        },
      })
    return { source, core, url: source.address, tokensFile, logged, post }
  }
}

/** Sends the beginning of a request, or these bytes; `status` comes with its answer. */
export async function begin(url: string, header: string, body: string, bytes?: string) {
  const { hostname, port, pathname } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()))
  const status = new Promise<number>((resolve) =>
    socket.once("data", (chunk) => resolve(Number(String(chunk).split(" ")[1]))),
  )
  // A reset is the end as well.
  socket.on("error", () => {})
  const lines = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    `authorization: Bearer ${token}`,
    "content-type: text/plain",
    header,
  ]
  await new Promise<void>((resolve) =>
    socket.write(bytes ?? `${lines.join("\r\n")}\r\n\r\n${body}`, () => resolve()),
  )
  return { socket, status, closed }
}
