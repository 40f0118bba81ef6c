import { describe, expect, test } from "bun:test"
import { secretForm, signatureHeaders } from "../../../src/destination/http/signature.ts"

describe("a request signed as Standard Webhooks", () => {
  // Made by hand: printf '%s' 'msg-1.1700000000.{"a":1}' | openssl dgst -sha256 -mac HMAC …
  const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
  const signing = { id: "msg-1", body: Buffer.from('{"a":1}'), now: 1_700_000_000_999 }

  test("carries its id, the second it was sent in, and the signature of both and the body", () => {
    expect(signatureHeaders(secret, signing)).toEqual({
      "webhook-id": "msg-1",
      "webhook-timestamp": "1700000000",
      "webhook-signature": "v1,ZETgG/VplZktspjjpXR/773ZeivTm9hL4XxCz7MpFt0=",
    })
  })

  test("is signed with each of two secrets while one takes the place of the other", () => {
    const other = secret.replace("MDEy", "QUJD")
    const both = signatureHeaders(`${secret}\n${other}`, signing)["webhook-signature"]
    const each = [secret, other].map((one) => signatureHeaders(one, signing)["webhook-signature"])
    expect(both).toBe(each.join(" "))
    expect(each[0]).not.toBe(each[1])
  })

  test("is signed over the bytes as they are, whatever their charset", () => {
    const sign = (hex: string) =>
      signatureHeaders(secret, { ...signing, body: Buffer.from(hex, "hex") })["webhook-signature"]
    expect(sign("fc")).not.toBe(sign("c3bc"))
    expect(sign("fc")).not.toBe(sign("fd"))
  })

  test.each([
    ["one", secret, true],
    ["two, a line each", `${secret}\n${secret}`, true],
    ["one without its mark", secret.slice(6), false],
    ["one of too few bytes", "whsec_MDEyMzQ1", false],
    ["one and an empty line between", `${secret}\n\n${secret}`, false],
  ])("a file may hold secrets only: %s", (_what, text, good) => {
    expect(secretForm.test(text)).toBe(good)
  })
})
