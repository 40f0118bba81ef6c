import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import * as v from "valibot"
import { unreadable } from "../../unreadable.ts"
import { AccessProblem, type Auth } from "./auth.ts"

/** What a secret must look like beyond being there. */
export interface Form {
  test(secret: string): boolean
  /** What is said of one that does not: a predicate such as `holds no key`. */
  says: string
}

/** The path of a file with a secret in it, which is looked at when the configuration is read. */
export function secretFile(form?: Form) {
  return v.pipe(
    v.string("must be the path of a file in quotes"),
    v.nonEmpty("must be the path of a file"),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.issues) return
      const found = look(dataset.value, form)
      if ("problem" in found) addIssue({ message: found.problem })
    }),
  )
}

/**
 * The secret in the file that `key` of the configuration names, line ends behind it left out. It is
 * read at each use, so that a new one is taken without a start anew. Throws AccessProblem: a pause.
 */
export function readSecret(key: string, path: string, form?: Form): string {
  const found = look(path, form)
  if ("secret" in found) return found.secret
  throw new AccessProblem({ outcome: "pause", reason: `${key}: ${found.problem}` })
}

/** A way whose headers are made of a file alone: refused, it is worth another try once changed. */
export function fromFile(read: () => string): Auth {
  return {
    headers: async () => ({ authorization: read() }),
    refused: ({ authorization }) => read() !== authorization,
    close() {},
  }
}

const bytesMax = 64 * 1024
const readableByAll = 0o004

function look(path: string, form?: Form): { secret: string } | { problem: string } {
  let text: string
  try {
    const file = openSync(path, "r")
    try {
      const stat = fstatSync(file)
      if (stat.isFile() && (stat.mode & readableByAll) !== 0) {
        return { problem: `${path} can be read by everybody: chmod o-rwx ${path}` }
      }
      const bytes = Buffer.alloc(bytesMax)
      // TextDecoder takes the byte order mark away that an editor may have put before it.
      text = new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes)))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    return { problem: unreadable(path, error) }
  }
  const secret = text.replace(/[\r\n]+$/, "")
  if (secret.trim() === "") return { problem: `${path} is empty: write the secret in it` }
  return form && !form.test(secret) ? { problem: `${path} ${form.says}` } : { secret }
}
