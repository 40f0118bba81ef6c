import { type Context, Hono } from "hono"
import { openApi } from "./api.ts"
import { requireToken } from "./auth.ts"
import { openConsole } from "./console/index.ts"
import type { AdminView } from "./index.ts"
import { isLoopback } from "./loopback.ts"
import { problem } from "./problem.ts"
import type { Peers, Sandbox } from "./sandbox/index.ts"

/** One thing that must be so for the gateway to be ready: why it is not, or undefined. */
export type Ready = () => Promise<string | undefined>

/** The pages and the API, without a port. */
export function openApp(view: AdminView, token: string, sandbox: Sandbox | undefined) {
  const { ready, log } = view
  const app = new Hono<{ Bindings: Peers }>({ strict: false })
  const page = openConsole({ sandbox: sandbox !== undefined })

  app.use(async (c, next) => {
    // A web page elsewhere can point its own name at 127.0.0.1 and so read what is served here
    // (DNS rebinding); the Host header then still is that name.
    if (!isOurHost(c.req.header("host") ?? "")) {
      return problem(c, 403, "this address is served for the machine itself only")
    }
    await next()
    c.header("cache-control", "no-store")
    c.header("x-content-type-options", "nosniff")
    c.header("referrer-policy", "no-referrer")
  })
  // Before any route: who has no token does not learn which paths there are.
  for (const path of ["/api/*", "/metrics/*"]) app.use(path, requireToken(token))
  app.get("/", (c) => c.html(page.html, 200, { "content-security-policy": page.policy }))
  app.get("/healthz", (c) => c.json({ status: "alive" }))
  app.get("/readyz", (c) => answerReady(c, ready))
  app.route("/api/v1", openApi(view))
  if (sandbox) app.route("/", sandbox.app)
  app.notFound((c) => problem(c, 404, `there is no ${c.req.path} here`))
  app.onError((error, c) => {
    log("admin-failed", { method: c.req.method, route: c.req.routePath, error: error.message })
    return problem(c, 500, "the gateway failed to answer; its log says why")
  })
  return app
}

async function answerReady(c: Context, ready: AdminView["ready"]): Promise<Response> {
  const failing: Record<string, string> = {}
  await Promise.all(
    Object.entries(ready).map(async ([name, check]) => {
      try {
        const reason = await check()
        if (reason !== undefined) failing[name] = reason
      } catch (error) {
        failing[name] = error instanceof Error ? error.message : String(error)
      }
    }),
  )
  if (Object.keys(failing).length === 0) return c.json({ status: "ready" })
  return c.json({ status: "not ready", failing }, 503)
}

function isOurHost(host: string): boolean {
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase()
  return name === "localhost" || isLoopback(name)
}
