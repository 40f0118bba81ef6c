import { describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseConfig, StartProblem } from "../../../src/config.ts"
import { sources } from "../../../src/source/index.ts"
import { temporaryFolder } from "../../build.ts"
import { openAuthority } from "../../fake/authority.ts"

const folder = temporaryFolder()
const authority = openAuthority()
const box = authority.issue("box")

/** A file with this in it. */
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const good = {
  certFile: file("box.crt", box.cert),
  keyFile: file("box.key", box.key),
  caFile: file("senders.crt", authority.cert),
  crlFile: file("withdrawn.crl", authority.revoke([])),
}

/** What `check` and `run` say about this section. */
function problemsWith(tls: object): readonly string[] {
  const lab = { kind: "mllp", port: 2575, tls }
  try {
    parseConfig({ site: { id: "test" }, source: { lab } }, { sources, destinations: {} })
    return []
  } catch (error) {
    if (error instanceof StartProblem) return error.problems
    throw error
  }
}

describe("the files of [source.lab.tls]", () => {
  test("that are in order are no problem, and only the first two have to be there", () => {
    const { certFile, keyFile } = good
    expect([problemsWith(good), problemsWith({ certFile, keyFile })]).toEqual([[], []])
  })

  const gone = join(folder, "gone")
  const text = file("notes.txt", "none of these")
  test.each([
    ["that is not there", { certFile: gone }, `certFile: ${gone} can't be read: there is no`],
    ["that is a folder", { keyFile: folder }, `keyFile: ${folder} can't be read: it is a folder`],
    ["that is no certificate", { certFile: text }, "certFile: holds no certificate in PEM form"],
    ["that is no key", { keyFile: text }, "keyFile: holds no private key in PEM form"],
    ["that is no authority", { caFile: text }, "caFile: holds no certificate in PEM form"],
    ["that is no list", { crlFile: text }, "crlFile: holds no certificate revocation list"],
    [
      "that is a broken list",
      { crlFile: file("broken.crl", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n") },
      "crlFile: can't be used: ",
    ],
    [
      "that is another certificate's key",
      { keyFile: file("other.key", authority.issue("other").key) },
      "keyFile: is not the key of the certificate in certFile",
    ],
    ["that is named by nothing", { certFile: "" }, "certFile: must be the path of a file"],
  ])("one %s is named, with what to do", (_what, changes, problem) => {
    const [first = "", ...more] = problemsWith({ ...good, ...changes })
    expect(first).toStartWith(`source.lab.tls.${problem}`)
    expect(more).toEqual([])
  })

  test("are all named at once where several are wrong", () => {
    const problems = problemsWith({ certFile: gone, keyFile: text })
    expect(problems.map((one) => one.split(":")[0])).toEqual([
      "source.lab.tls.certFile",
      "source.lab.tls.keyFile",
    ])
  })

  test("have no list of withdrawn certificates without the authority that withdrew them", () => {
    const { caFile: _left, ...rest } = good
    expect(problemsWith(rest)).toEqual([expect.stringContaining("tls.crlFile: needs a caFile")])
  })

  test("may not lack the certificate or its key", () => {
    const problems = problemsWith({ caFile: good.caFile })
    expect(problems).toEqual([
      "source.lab.tls.certFile: is required",
      "source.lab.tls.keyFile: is required",
    ])
  })
})
