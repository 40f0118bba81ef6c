import { type Context, Hono } from "hono"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { isLoopback } from "../loopback.ts"
import { searchset, transactionResponse, versionOf } from "./bundle.ts"
import { capabilityStatement } from "./capability.ts"
import type { Entry } from "./plan.ts"
import { isRefusal, operationOutcome, type Refusal, refusal } from "./refusal.ts"
import { type AnyResource, openResources } from "./resources.ts"
import { searchPage } from "./search.ts"
import { type Done, transact } from "./transaction.ts"

/** What Bun.serve hands to a fetch function beside the request. */
export interface Peers {
  requestIP?(request: Request): { address: string } | null
}

type Exchange = Context<{ Bindings: Peers }>

export interface Sandbox {
  app: Hono<{ Bindings: Peers }>
  /** How many resources it keeps, of one type or of all. */
  count(type?: string): number
}

/**
 * A FHIR R4 endpoint in memory, for commissioning: a box can be shown to work before the centre
 * is there. Strict where real servers are lax, so that what goes through here goes through
 * there. It keeps at most `resourcesMax` resources in `bytesMax` of text, and answers only to
 * this machine.
 */
export function openSandbox({
  path = "/sandbox/fhir",
  resourcesMax = 100_000,
  bytesMax = 256 * 1024 ** 2,
  now = Date.now,
} = {}): Sandbox {
  const resources = openResources()
  const app = new Hono<{ Bindings: Peers }>({ strict: false }).basePath(path)
  const baseOf = (c: Exchange) => new URL(c.req.url).origin + path
  const run = (entries: readonly Entry[]) =>
    transact(resources, entries, {
      resourcesMax,
      bytesMax,
      lastUpdated: new Date(now()).toISOString(),
    })
  const single = async (c: Exchange, method: string, url: string) => {
    const resource = method === "POST" || method === "PUT" ? await readJson(c) : undefined
    if (resource && isRefusal(resource)) return refuse(c, resource)
    const ifNoneExist = c.req.header("if-none-exist")
    const ifMatch = c.req.header("if-match")
    const done = run([{ resource, request: { method, url, ifNoneExist, ifMatch } }])
    // There is no Bundle here whose entry could be named.
    return isRefusal(done)
      ? refuse(c, { ...done, entry: undefined })
      : answerDone(c, done[0], baseOf(c))
  }

  app.use(async (c, next) => {
    c.header("waystation-sandbox", "for commissioning only, nothing is kept")
    const peer = c.env?.requestIP?.(c.req.raw)?.address
    if (peer !== undefined && isLoopback(peer)) return next()
    return refuse(c, refusal(403, "forbidden", "the sandbox answers only on this machine"))
  })
  app.get("/", (c) => c.text(label(baseOf(c), resources.count())))
  app.post("/", async (c) => {
    const entries = entriesOf(await readJson(c))
    if (isRefusal(entries)) return refuse(c, entries)
    const answers = run(entries)
    if (isRefusal(answers)) return refuse(c, answers)
    const representation = c.req.header("prefer")?.includes("return=representation") ?? false
    return json(c, 200, transactionResponse(answers, representation))
  })
  app.get("/metadata", (c) =>
    json(c, 200, capabilityStatement(baseOf(c), new Date(now()).toISOString())),
  )
  app.get("/:type", (c) => {
    const url = new URL(c.req.url)
    const page = searchPage(resources, c.req.param("type"), url.searchParams)
    return isRefusal(page) ? refuse(c, page) : json(c, 200, searchset(page, baseOf(c), url))
  })
  app.on(["POST", "PUT", "DELETE"], "/:type", (c) =>
    single(c, c.req.method, c.req.param("type") + new URL(c.req.url).search),
  )
  app.on(["GET", "PUT", "DELETE"], "/:type/:id", (c) => {
    const { type, id } = c.req.param()
    return single(c, c.req.method, `${type}/${id}`)
  })
  app.all("*", (c) => {
    const what = `the sandbox does not know ${c.req.method} ${c.req.path}`
    return refuse(c, refusal(404, "not-supported", what))
  })
  return { app, count: (type) => resources.count(type) }
}

async function readJson(c: Exchange): Promise<AnyResource | Refusal> {
  // Also what keeps a web page from posting here: a form can't send this type.
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase()
  if (type !== "application/fhir+json" && type !== "application/json") {
    const what = `content-type must be application/fhir+json, not ${type ?? "missing"}`
    return refusal(415, "not-supported", what)
  }
  try {
    const value: unknown = await c.req.json()
    if (typeof value === "object" && value !== null && "resourceType" in value) {
      return value as AnyResource
    }
    return refusal(400, "structure", "the body is JSON, but not a resource: no resourceType")
  } catch (error) {
    return refusal(400, "structure", `the body is not JSON: ${(error as Error).message}`)
  }
}

function entriesOf(body: AnyResource | Refusal): readonly Entry[] | Refusal {
  if (isRefusal(body)) return body
  if (body.resourceType !== "Bundle") {
    return refusal(400, "invalid", `the base takes a Bundle, not a ${body.resourceType}`)
  }
  if (body.type !== "transaction") {
    return refusal(400, "not-supported", `Bundle.type must be transaction, not ${body.type}`)
  }
  const entries = body.entry ?? []
  if (Array.isArray(entries) && entries.every((one) => typeof one === "object" && one !== null)) {
    return entries
  }
  return refusal(400, "structure", "Bundle.entry must be a list of objects")
}

function answerDone(c: Exchange, done: Done | undefined, base: string): Response {
  if (!done?.kept) return c.body(null, 204)
  const version = versionOf(done.kept)
  c.header("etag", version.etag)
  c.header("last-modified", new Date(version.lastModified).toUTCString())
  if (c.req.method !== "GET") {
    c.header("location", `${base}/${version.location}`)
    if (c.req.header("prefer")?.includes("return=minimal")) return c.body(null, statusOf(done))
  }
  return json(c, statusOf(done), JSON.parse(done.kept.text))
}

function statusOf({ status }: Done): ContentfulStatusCode {
  return status === 201 ? 201 : 200
}

function refuse(c: Exchange, refused: Refusal): Response {
  return json(c, refused.refused, operationOutcome(refused))
}

/** JSON, laid out for reading where a browser asks. */
function json(c: Exchange, status: ContentfulStatusCode, value: object): Response {
  const browser = c.req.header("accept")?.includes("text/html") ?? false
  const pretty = browser || c.req.query("_pretty") === "true"
  const type = browser ? "application/json; charset=utf-8" : "application/fhir+json; charset=utf-8"
  return c.body(JSON.stringify(value, null, pretty ? 2 : undefined), status, {
    "content-type": type,
  })
}

function label(base: string, count: number): string {
  return `Waystation sandbox: a FHIR R4 endpoint for commissioning only.
Nothing is kept: its ${count} resources are gone when the gateway stops.

${base}/Patient
${base}/Observation
${base}/metadata
`
}
