import { describe, expect, test } from "bun:test"
import { createPrivateKey, createPublicKey } from "node:crypto"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../build.ts"
import { waystation } from "./waystation.ts"

describe("waystation key", () => {
  test.each([
    [["--alg", "ES384"], "ES384", { kty: "EC", crv: "P-384" }],
    [["--alg", "RS384"], "RS384", { kty: "RSA", e: "AQAB" }],
    [[], "ES384", { kty: "EC" }],
  ])(
    "%j makes a private key for its owner alone and prints the public one",
    async (more, alg, kind) => {
      const out = join(temporaryFolder(), "keys", "central")
      const { code, stdout, stderr } = await waystation(["key", ...more, "--out", out])
      expect([code, stderr]).toEqual([0, ""])
      const jwk = JSON.parse(stdout)
      expect(jwk).toMatchObject({ ...kind, alg, use: "sig", key_ops: ["verify"] })
      expect(jwk.kid).toMatch(/^[\w-]{43}$/)
      expect(Object.keys(jwk).filter((name) => "dpq".includes(name))).toEqual([])
      const file = join(out, "private-key.pem")
      expect(statSync(file).mode & 0o777).toBe(0o600)
      const { x, n } = createPublicKey(createPrivateKey(readFileSync(file))).export({
        format: "jwk",
      })
      expect([jwk.x, jwk.n]).toEqual([x, n])
      expect(JSON.parse(readFileSync(join(out, "public-jwks.json"), "utf8"))).toEqual({
        keys: [jwk],
      })
    },
  )

  test("--jwks prints a set of keys, as some servers want it", async () => {
    const { stdout } = await waystation(["key", "--jwks", "--out", temporaryFolder()])
    expect(JSON.parse(stdout).keys).toEqual([expect.objectContaining({ alg: "ES384" })])
  })

  test.each(["private-key.pem", "public-jwks.json"])(
    "never overwrites %s, and writes nothing beside it",
    async (name) => {
      const out = temporaryFolder()
      writeFileSync(join(out, name), "precious")
      const { code, stdout, stderr } = await waystation(["key", "--out", out])
      expect([code, stdout]).toEqual([1, ""])
      expect(stderr).toBe(
        `waystation key: ${join(out, name)} is there already and is not overwritten: ` +
          "name another folder\n",
      )
      expect(readFileSync(join(out, name), "utf8")).toBe("precious")
      expect([...new Bun.Glob("*").scanSync(out)]).toEqual([name])
    },
  )

  test("a folder that can't be made is named", async () => {
    const file = join(temporaryFolder(), "file")
    writeFileSync(file, "")
    const { code, stderr } = await waystation(["key", "--out", join(file, "keys")])
    expect(code).toBe(1)
    const says = `nothing can be written to ${join(file, "keys")}: a part of that path is a file`
    expect(stderr).toBe(`waystation key: ${says}\n`)
  })
})
