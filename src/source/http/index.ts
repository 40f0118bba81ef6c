import type { Server } from "bun"
import * as v from "valibot"
import { senderSettings } from "../../hl7/settings.ts"
import type { Receive, Source, Surroundings } from "../../message.ts"
import { allow } from "../allow.ts"
import { Answering } from "../answer.ts"
import { host, listenProblem, placeOf, port } from "../listen.ts"
import { Refusals } from "../refusals.ts"
import { answerSettings, frameMax } from "../settings.ts"
import { openApp } from "./app.ts"
import { Room } from "./body.ts"
import { openTokens, tokensPath } from "./tokens.ts"

const config = v.strictObject({
  kind: v.literal("http"),
  host,
  port,
  allow,
  /** The file of the bearer tokens that senders may use: one a line, `#` before remarks. */
  tokensFile: tokensPath,
  frameMax,
  ...senderSettings,
  ...answerSettings,
})

export type HttpConfig = v.InferOutput<typeof config>

/** HL7 v2 over HTTP: each message a POST, each acknowledgement its answer. */
export const http = { config, open }

/** So long may a sender be silent; the disk may take as long as it likes. */
const idleSeconds = 30

/** Of the largest bodies so many fit in memory at once. */
const roomFor = 2

async function open(
  name: string,
  settings: HttpConfig,
  receive: Receive,
  { log, now }: Surroundings,
): Promise<Source> {
  const tokens = openTokens(settings.tokensFile, name, log)
  const replies: Record<string, number> = {}
  const closing = new AbortController()
  const answering = new Answering({ name, settings, receive, log, now, replies })
  const room = new Room(roomFor * settings.frameMax)
  const refusals = new Refusals(name, log)
  const given = { name, settings, answering, tokens, refusals, room, log }
  const app = openApp({ ...given, closing: closing.signal })
  const answers = new Set<Promise<Response>>()
  const server = serve(settings, (request, server) => {
    const answer = Promise.resolve(app.fetch(request, server))
    answers.add(answer)
    return answer.finally(() => answers.delete(answer))
  })
  return {
    address: `http://${placeOf(settings.host, server.port ?? 0)}/in/${name}`,
    replies,
    async close() {
      server.stop()
      closing.abort()
      await Promise.all(answers)
      // The last of them is written in this turn. A connection that has sent half a header ends
      // only so.
      await new Promise((resolve) => setImmediate(resolve))
      await server.stop(true)
      refusals.close()
    },
  }
}

/**
 * Bun 1.4.5 hangs up, with no answer to either, when a request comes before the one ahead of it on
 * its connection is answered by a promise. Its bytes are not seen here, so none is acknowledged; a
 * sender that pipelines sends both again (RFC 9112, 9.3.2), and what was stored is a repeat then.
 */
function serve(
  { host, port }: HttpConfig,
  fetch: (request: Request, server: Server<undefined>) => Promise<Response>,
): Server<undefined> {
  try {
    return Bun.serve({
      hostname: host,
      port,
      fetch,
      // In a compiled binary it is on by default, and its error page leaks messages.
      development: false,
      // With development off, Bun 1.4.5 shares the port with whoever has it unless told not to.
      reusePort: false,
      idleTimeout: idleSeconds,
      // Bodies are measured as they are read: here, that would come before the token is looked at.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    })
  } catch (error) {
    throw listenProblem(error as NodeJS.ErrnoException, host, port)
  }
}
