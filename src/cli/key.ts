import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Alg, algs, newPrivateKey, publicJwkOf } from "../destination/index.ts"
import { argumentsOf, type Command, print, UsageProblem } from "./command.ts"

const help = `usage: waystation key [--alg ES384|RS384] [--jwks] --out DIR

Makes a pair of keys for SMART Backend Services. The private one goes to DIR/private-key.pem, which
only you may read; the public one is printed and kept in DIR/public-jwks.json. Register what is
printed at the server, and name the private one as keyFile in the auth section of the destination.
A file that is there already is never overwritten.

  --alg ES384    an elliptic curve key (P-384); RS384: an RSA key of 3072 bits, for servers that
                 only take that (ES384)
  --jwks         print a set of keys (JWKS) rather than the one key (JWK)

Exit codes: 0 made, 1 could not be written or is there already, 64 wrong arguments.`

export const key: Command = {
  summary: "make the keys a FHIR server knows the box by",
  help,
  async run(args) {
    const options = {
      alg: { type: "string", default: "ES384" },
      jwks: { type: "boolean", default: false },
      out: { type: "string" },
    } as const
    const { alg, jwks, out } = argumentsOf(args, options).values
    const chosen = algs.find((one) => one === alg)
    if (chosen === undefined) throw new UsageProblem(`--alg takes ${algs.join(" or ")}, not ${alg}`)
    if (out === undefined) throw new UsageProblem("--out DIR is missing")
    try {
      const jwk = await make(out, chosen)
      await print(JSON.stringify(jwks ? { keys: [jwk] } : jwk, null, 2))
      return 0
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === undefined || code === "EPIPE") throw error
      const why = words[code]
      const says = why === undefined ? message : `nothing can be written to ${out}: ${why}`
      process.stderr.write(`waystation key: ${says}\n`)
      return 1
    }
  },
}

const words: Readonly<Record<string, string>> = {
  EACCES: "the user that runs this may not write there",
  ENOENT: "there is no such folder, and none can be made",
  ENOTDIR: "a part of that path is a file",
  EROFS: "that disk can only be read",
}

/** Writes both halves and gives the public one. */
async function make(folder: string, alg: Alg) {
  const [privateFile, publicFile] = [
    join(folder, "private-key.pem"),
    join(folder, "public-jwks.json"),
  ]
  const taken = [privateFile, publicFile].find((file) => existsSync(file))
  if (taken !== undefined) {
    const says = `${taken} is there already and is not overwritten: name another folder`
    throw Object.assign(new Error(says), { code: "EEXIST" })
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pem = newPrivateKey(alg)
  const jwk = await publicJwkOf(pem)
  // "wx" also where another run has come between.
  writeFileSync(privateFile, pem, { mode: 0o600, flag: "wx", flush: true })
  writeFileSync(publicFile, `${JSON.stringify({ keys: [jwk] }, null, 2)}\n`, { flag: "wx" })
  return jwk
}
