import { expect, test } from "bun:test"
import { readAnswer } from "../../src/destination/answer.ts"

const mebibyte = 1024 ** 2

test.each([
  ["says how long it is", { "content-length": "4" }],
  ["does not say", {}],
  ["is packed", { "content-length": "3", "content-encoding": "gzip" }],
])("an answer that %s is read whole", async (_, headers) => {
  const answer = await readAnswer(
    new Response(new TextEncoder().encode("\ufeffré"), { status: 500, headers }),
  )
  expect(answer).toMatchObject({ status: 500, text: "ré", cut: false })
})

test.each([
  ["says so", { "content-length": `${3 * mebibyte}` }],
  ["does not say so", {}],
  ["only says how long it is packed", { "content-length": "3", "content-encoding": "gzip" }],
  ["comes in chunks all the same", { "content-length": "3", "transfer-encoding": "chunked" }],
])("an error page of 3 MiB that %s is not read to its end", async (_, headers) => {
  const { text, cut } = await readAnswer(new Response(endless(3), { status: 500, headers }))
  expect(cut).toBe(true)
  expect(text.length).toBeLessThanOrEqual(mebibyte)
})

/** So many MiB in pieces, as the network gives them. */
function endless(mebibytes: number): ReadableStream {
  const piece = new Uint8Array(mebibyte / 16).fill(120)
  let left = mebibytes * 16
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(piece)
      else controller.close()
    },
  })
}
