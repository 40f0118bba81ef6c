import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { ParseArgsConfig } from "node:util"
import { argumentsOf, type Command } from "./command.ts"

/** What every command that asks a running gateway takes. */
export const apiOptions = {
  url: { type: "string" },
  "token-file": { type: "string" },
} as const

/** Those options for `--help`. */
export const apiHelp = `  --url URL          the gateway's admin address (http://127.0.0.1:8575)
  --token-file FILE  its token; admin-token in $STATE_DIRECTORY where left out, else in ./data`

const exitCodes =
  "Exit codes: 0 done, 1 the gateway was not reached or said no, 64 wrong arguments."

/** Why a running gateway did not do what it was asked, in words for a person. */
export class ApiProblem extends Error {
  override name = "ApiProblem"
}

interface Address {
  url?: string | undefined
  "token-file"?: string | undefined
}

/** Asks the gateway for what lies below `/api/v1`; resolves with its JSON. */
export interface Api {
  get<Answer>(path: string, query?: Record<string, string | undefined>): Promise<Answer>
  post<Answer>(path: string, body: unknown): Promise<Answer>
  bytes(path: string): Promise<Uint8Array>
}

type Options = NonNullable<ParseArgsConfig["options"]>
type Values<O extends Options> = ReturnType<typeof argumentsOf<O>>["values"]

/** A command that asks a running gateway: what it takes besides, and what it does. */
interface Asking<O extends Options> {
  name: string
  summary: string
  /** Its part of the help: what stands before the options that all of them take. */
  help: string
  options: O
  /** It takes words that are no options: ids, or a name. */
  takes?: "words" | undefined
  run(api: Api, values: Values<O>, positionals: readonly string[]): Promise<void>
}

/** Makes a command of it, which ends with 1 and the gateway's words where that says no. */
export function asking<O extends Options>(command: Asking<O>): Command {
  const { name, summary, help, options, takes, run } = command
  return {
    summary,
    help: `${help}\n${apiHelp}\n\n${exitCodes}`,
    async run(args) {
      const { values, positionals } = argumentsOf(
        args,
        { ...apiOptions, ...options },
        takes === "words",
      )
      const { url, "token-file": tokenFile, ...own } = values as Address
      try {
        await run(openApi({ url, "token-file": tokenFile }), own as Values<O>, positionals)
        return 0
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
        process.stderr.write(`waystation ${name}: ${error.message}\n`)
        return 1
      }
    },
  }
}

function openApi(address: Address): Api {
  const json = async <Answer>(asked: Promise<Response>): Promise<Answer> => {
    const answer = await asked
    const body: unknown = await answer.json().catch(() => undefined)
    if (body === undefined) throw new ApiProblem(`what answers at ${answer.url} ${stranger}`)
    return body as Answer
  }
  return {
    get: (path, query = {}) => {
      const named = Object.entries(query).filter((entry): entry is [string, string] => {
        return entry[1] !== undefined
      })
      const search = new URLSearchParams(named).toString()
      return json(askApi(address, "GET", search === "" ? path : `${path}?${search}`))
    },
    post: (path, body) => json(askApi(address, "POST", path, body)),
    bytes: async (path) => (await askApi(address, "GET", path)).bytes(),
  }
}

/**
 * Asks a running gateway; resolves with its answer where that is positive. Rejects with ApiProblem
 * where it can't be reached, or says no.
 */
export async function askApi(
  values: Address,
  method: "GET" | "POST",
  path: string,
  body?: unknown,
): Promise<Response> {
  const url = values.url ?? "http://127.0.0.1:8575"
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new ApiProblem(`--url takes an address such as http://127.0.0.1:8575, not ${url}`)
  }
  const file = values["token-file"] ?? join(process.env.STATE_DIRECTORY || "data", "admin-token")
  const headers = { authorization: `Bearer ${tokenIn(file)}` }
  // The token is for the box alone: no proxy of the environment may see it.
  process.env.NO_PROXY = "*"
  const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
  let response: Response
  try {
    // A backup or a backlog of months takes as long as it takes.
    response = await fetch(new URL(`/api/v1/${path}`, url), { ...request, timeout: false })
  } catch (error) {
    throw new ApiProblem(
      `nothing answers at ${url} (${textOf(error)}): see that the gateway runs, or name its ` +
        "address with --url",
    )
  }
  if (response.ok) return response
  throw new ApiProblem(await refusalOf(response, url, file))
}

const stranger = "is no waystation, or an older one"

/** What the gateway said no with, and what to do. */
async function refusalOf(response: Response, url: string, file: string): Promise<string> {
  const { status } = response
  if (status === 401) {
    return (
      `${url} does not take the token in ${file}: name the admin-token in that gateway's data ` +
      "folder with --token-file"
    )
  }
  const answer: unknown = await response.json().catch(() => undefined)
  const { detail } = (answer ?? {}) as { detail?: unknown }
  if (typeof detail === "string") return detail
  if (status === 404) return `what answers at ${url} ${stranger}`
  return `${url} answered ${status}: see what answers there, and the gateway's log`
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, "utf8").trim()
  } catch (error) {
    throw new ApiProblem(
      `the token in ${file} can't be read (${textOf(error)}): run this as the gateway's user in ` +
        "the folder it was started in, or name its data folder's admin-token with --token-file",
    )
  }
}

/** The system's code for it, or what it says. */
function textOf(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  return code ?? message
}
