import { readFileSync } from "node:fs"
import { join } from "node:path"

/** What every command that asks a running gateway takes. */
export const apiOptions = {
  url: { type: "string" },
  "token-file": { type: "string" },
} as const

/** Those options for `--help`. */
export const apiHelp = `  --url URL          the gateway's admin address (http://127.0.0.1:8575)
  --token-file FILE  its token; admin-token in $STATE_DIRECTORY where left out, else in ./data`

/** Why a running gateway did not do what it was asked, in words for a person. */
export class ApiProblem extends Error {
  override name = "ApiProblem"
}

/**
 * Asks a running gateway; resolves with its answer where that is positive. Rejects with ApiProblem
 * where it can't be reached, or says no.
 */
export async function askApi(
  values: { url?: string | undefined; "token-file"?: string | undefined },
  method: "GET" | "POST",
  path: string,
): Promise<Response> {
  const { url = "http://127.0.0.1:8575" } = values
  const file = values["token-file"] ?? join(process.env.STATE_DIRECTORY || "data", "admin-token")
  const headers = { authorization: `Bearer ${tokenIn(file)}` }
  let response: Response
  try {
    // Whoever makes a backup of a large box waits for it.
    response = await fetch(new URL(`/api/v1/${path}`, url), { method, headers, timeout: false })
  } catch (error) {
    throw new ApiProblem(`${url} can't be reached (is the gateway running?): ${textOf(error)}`)
  }
  if (response.ok) return response
  const answer: unknown = await response.json().catch(() => undefined)
  const { error = `it answered ${response.status}` } = (answer ?? {}) as { error?: string }
  throw new ApiProblem(`${url}: ${error}`)
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, "utf8").trim()
  } catch (error) {
    throw new ApiProblem(`${file} can't be read (name it with --token-file): ${textOf(error)}`)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
