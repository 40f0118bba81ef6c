import { readFileSync, statSync } from "node:fs"
import * as v from "valibot"
import type { Log } from "../../message.ts"
import { unreadable } from "../../unreadable.ts"

/** The path of a file that a listener can begin with. */
export const tokensPath = v.pipe(
  v.string("must be a path in quotes"),
  v.nonEmpty("must not be empty"),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.issues ? undefined : problemOf(dataset.value)
    if (message !== undefined) addIssue({ message })
  }),
)

/** Who may send, as a file says: it is read again when it changes. */
export interface Tokens {
  has(token: string): boolean
}

/**
 * Opens a file of bearer tokens, one a line, behind `#` what is for people. Several are good at
 * once, so that a sender's can be changed without a gap. Throws with what to do where the file
 * can't be read or has none; a file that becomes so later is logged, and the last good one holds.
 */
export function openTokens(path: string, source: string, log: Log): Tokens {
  let stamp = stampOf(path)
  let digests = read(path)

  function reread(): void {
    const now = stampOf(path)
    if (now === stamp) return
    stamp = now
    try {
      digests = read(path)
      log("tokens-read-again", { source, tokens: digests.size })
    } catch (error) {
      // An editor may be about to write it: nobody is shut out for that.
      log("tokens-not-read", { source, problem: (error as Error).message })
    }
  }

  return {
    has(token) {
      reread()
      // By digest: how long the search takes tells nothing of the tokens.
      return digests.has(digest(token))
    },
  }
}

function problemOf(path: string): string | undefined {
  try {
    read(path)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function read(path: string): ReadonlySet<string> {
  const tokens = linesOf(path)
    .map((line, index) => ({ token: line.replace(/(^|\s)#.*/, "").trim(), number: index + 1 }))
    .filter(({ token }) => token !== "")
  if (tokens.length === 0) {
    throw new Error(`${path} has no token: write one in it, a line for each`)
  }
  // RFC 6750, 2.1; anything else could never arrive in a header.
  const wrong = tokens.find(({ token }) => !/^[\w.~+/-]+=*$/.test(token))
  if (wrong) {
    const madeOf = "a token is made of letters, digits and -._~+/ only"
    throw new Error(`${path}:${wrong.number}: ${madeOf}`)
  }
  return new Set(tokens.map(({ token }) => digest(token)))
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n")
  } catch (error) {
    throw new Error(unreadable(path, error))
  }
}

/** What changes when the file does; empty where it is gone. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}` : ""
}

function digest(token: string): string {
  return new Bun.CryptoHasher("sha256").update(token).digest("base64")
}
