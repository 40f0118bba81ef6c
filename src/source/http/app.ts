import type { Server } from "bun"
import { type Context, Hono, type MiddlewareHandler } from "hono"
import { accepts } from "hono/accepts"
import type { Log, SourceSettings } from "../../message.ts"
import { allowing, plainAddress } from "../allow.ts"
import type { Answer, Answering } from "../answer.ts"
import type { Refusals } from "../refusals.ts"
import { type Refused, type Room, readBody, type Share } from "./body.ts"
import { type ContentType, contentTypeOf, isMisread } from "./content.ts"
import { receiptOf, retryAfter, statusOf, textOf } from "./reply.ts"
import type { Tokens } from "./tokens.ts"

type Env = { Bindings: Server<undefined> }

interface Given {
  name: string
  settings: SourceSettings & { frameMax: number; allow?: readonly string[] | undefined }
  answering: Answering
  tokens: Tokens
  refusals: Refusals
  room: Room
  /** Aborted when the source closes. */
  closing: AbortSignal
  log: Log
}

/** A sender that goes on sending what nobody will read is hung up on. */
const close = { connection: "close" }

/** `POST /in/<source>`, without a port: a message in, its acknowledgement out. */
export function openApp(given: Given) {
  const { name, tokens, log } = given
  const path = `/in/${name}`
  const app = new Hono<Env>({ strict: false })
  app.use(requireAllowed(given))
  // Before any route: who has no token does not learn which sources there are.
  app.use(requireToken(tokens))
  app.post(path, (c) => take(c, given))
  app.all(path, (c) => c.json({ error: "messages come by POST" }, 405, { allow: "POST" }))
  app.notFound((c) => c.json({ error: `there is no ${c.req.path} here; POST to ${path}` }, 404))
  app.onError((error, c) => {
    log("request-failed", { source: name, error: error.message })
    return c.json({ error: "the gateway failed to answer; its log says why" }, 500)
  })
  return app
}

/** Connections are Bun's own: the soonest that a stranger can be refused is its first request. */
function requireAllowed({ settings, refusals }: Given): MiddlewareHandler<Env> {
  const allows = allowing(settings.allow)
  return async (c, next) => {
    const address = plainAddress(c.env.requestIP(c.req.raw)?.address)
    if (allows(address)) return next()
    refusals.add(address, "not in allow")
    return c.json({ error: "this address may not send here" }, 403, close)
  }
}

function requireToken(tokens: Tokens): MiddlewareHandler<Env> {
  return async (c, next) => {
    const [, token = ""] = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "") ?? []
    if (tokens.has(token)) return next()
    const error = "this asks for the header `Authorization: Bearer TOKEN`, with one of its tokens"
    return c.json({ error }, 401, { "www-authenticate": "Bearer" })
  }
}

async function take(c: Context<Env>, given: Given): Promise<Response> {
  const share = given.room.enter()
  try {
    return await takeIn(c, given, share)
  } finally {
    share.leave()
  }
}

async function takeIn(c: Context<Env>, given: Given, share: Share): Promise<Response> {
  const { name, settings, answering, closing } = given
  const bytesMax = settings.frameMax
  const content = contentTypeOf(c.req.header("content-type"))
  const encoding = c.req.header("content-encoding") ?? "identity"
  if (!content || encoding.toLowerCase() !== "identity") {
    const error = "Content-Type must be text/plain or application/hl7-v2, and nothing compressed"
    return c.json({ error }, 415, close)
  }
  const body = await readBody(c.req.raw, { bytesMax, share, closing })
  if ("refused" in body) return refuse(c, body.refused, bytesMax)
  const { bytes } = body
  if (content.charset !== undefined && isMisread(bytes, content.charset, settings)) {
    const error = `charset=${content.charset}: name it in MSH-18, or as charset of [source.${name}]`
    return c.json({ error }, 415)
  }
  const from = c.env.requestIP(c.req.raw)
  const answer = await answering.take(bytes, `${plainAddress(from?.address)}:${from?.port}`)
  return reply(c, content, answer)
}

function reply(c: Context, { type, charset }: ContentType, answer: Answer): Response {
  const status = statusOf(answer.verdicts)
  const headers = status === 503 ? retryAfter : {}
  const json = "application/json"
  const wanted = accepts(c, { header: "Accept", supports: [json, type], default: type })
  if (wanted === json) return c.json(receiptOf(answer), status, headers)
  const as = charset === undefined ? type : `${type}; charset=${charset}`
  return c.body(textOf(answer), status, { ...headers, "content-type": as })
}

function refuse(c: Context<Env>, why: Refused, bytesMax: number): Response {
  switch (why) {
    case "too large":
      return c.json({ error: `more than ${bytesMax} bytes (frameMax)` }, 413, close)
    case "no room":
      return c.json({ error: "too many bytes at once" }, 503, { ...retryAfter, ...close })
    case "closing":
      return c.json({ error: "the gateway is stopping" }, 503, { ...retryAfter, ...close })
    case "cut off":
      return c.json({ error: "the request ended before its body did" }, 400, close)
    default:
      return why satisfies never
  }
}
