import * as v from "valibot"
import { type Form, secretFile } from "../auth/secret-file.ts"

/** RFC 9110, 5.1 and 5.5; nothing beyond ASCII arrives everywhere as it was sent. */
const nameForm = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
const valueForm = /^[\x20-\x7e]+$/

/** What the connection decides, and what a sending is known by. */
const ours = /^(?:host|te|connection|upgrade|(?:content|transfer)-(?:length|encoding))$/i
const known = /^(?:idempotency-key$|webhook-)/i
const secret = /^(?:authorization|proxy-authorization|cookie)$/i

/** A header's value in a file, for what nobody else may read. */
export const headerForm: Form = {
  test: (text) => valueForm.test(text),
  says: "must hold one line of printable ASCII, the header's value",
}

/** Headers of one's own: written down, or with a secret value in a file of its own. */
export const headersConfig = {
  headers: v.optional(
    v.record(
      headerName((name) =>
        secret.test(name) ? "is a secret: put it into a file named in headerFiles" : undefined,
      ),
      v.pipe(
        v.string("must be text in quotes"),
        v.regex(valueForm, "must be one line of printable ASCII"),
      ),
    ),
    {},
  ),
  headerFiles: v.optional(v.record(headerName(), secretFile(headerForm)), {}),
}

function headerName(problem: (name: string) => string | undefined = () => undefined) {
  return v.pipe(
    v.string(),
    v.regex(nameForm, "must be the name of a header, such as X-Facility"),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.issues) return
      const message =
        ours.test(dataset.value) || known.test(dataset.value)
          ? "is a header that this destination sets itself"
          : problem(dataset.value)
      if (message !== undefined) addIssue({ message })
    }),
  )
}
