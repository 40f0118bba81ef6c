import { describe, expect, test } from "bun:test"
import { renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { oru, temporaryFolder } from "../../build.ts"
import { listenersOfThisFile, token } from "./listener.ts"

const listen = listenersOfThisFile()

const as = (one: string) => ({ authorization: `Bearer ${one}` })

describe("the file of tokens", () => {
  test("holds several, one a line, with remarks", async () => {
    const { post, tokensFile } = await listen()
    writeFileSync(
      tokensFile,
      "# the laboratory\r\n first-token \r\n\r\nsecond/token+1== # ward 2\r\n",
    )
    expect((await post(oru(), as("first-token"))).status).toBe(200)
    expect((await post(oru(), as("second/token+1=="))).status).toBe(200)
    for (const wrong of ["first", "#", "the", "ward", token]) {
      expect((await post(oru(), as(wrong))).status).toBe(401)
    }
  })

  test("is read again when it changes, so that a token is changed without a gap", async () => {
    const { post, tokensFile, logged } = await listen()
    expect((await post(oru(), as("fresh"))).status).toBe(401)
    writeFileSync(tokensFile, `${token}\nfresh\n`)
    expect((await post(oru(), as("fresh"))).status).toBe(200)
    expect((await post(oru(), as(token))).status).toBe(200)
    // As an editor writes: another file takes its place.
    writeFileSync(`${tokensFile}.new`, "fresh\n")
    renameSync(`${tokensFile}.new`, tokensFile)
    expect((await post(oru(), as(token))).status).toBe(401)
    expect((await post(oru(), as("fresh"))).status).toBe(200)
    expect(logged).toEqual([
      { event: "tokens-read-again", source: "lab", tokens: 2 },
      { event: "tokens-read-again", source: "lab", tokens: 1 },
    ])
  })

  test("that is spoilt later is logged once, and the tokens before it hold", async () => {
    const { post, tokensFile, logged } = await listen()
    for (const spoil of [
      () => writeFileSync(tokensFile, "# nothing left\n"),
      () => rmSync(tokensFile),
      () => writeFileSync(tokensFile, "two words\n"),
    ]) {
      spoil()
      logged.length = 0
      for (let again = 0; again < 3; again++) {
        expect((await post(oru(), as(token))).status).toBe(200)
      }
      expect(logged.map(({ event }) => event)).toEqual(["tokens-not-read"])
    }
    expect(JSON.stringify(logged)).not.toContain("two words")
  })

  test.each([
    ["", "has no token: write one in it, a line for each"],
    ["# none yet\n\n  \n", "has no token"],
    ["good\nnot good\n", ":2: a token is made of letters, digits and -._~+/ only"],
  ])("that holds %j is a problem at the start", async (text, problem) => {
    const tokensFile = join(temporaryFolder(), "tokens")
    writeFileSync(tokensFile, text)
    await expect(listen({ tokensFile })).rejects.toThrow(tokensFile)
    await expect(listen({ tokensFile })).rejects.toThrow(problem)
  })

  test("that is not there is a problem at the start", async () => {
    const tokensFile = join(temporaryFolder(), "gone")
    await expect(listen({ tokensFile })).rejects.toThrow(
      `${tokensFile} can't be read: there is no such file`,
    )
  })
})
