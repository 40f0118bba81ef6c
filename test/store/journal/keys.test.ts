import { expect, test } from "bun:test"
import { createSecureContext } from "node:tls"
import { openKeys } from "../../../src/store/journal/keys.ts"
import { temporaryFolder } from "../../build.ts"

test("a certificate that could not be read is not held against the next message", () => {
  const keyed = openKeys(temporaryFolder(), false)
  const before = keyed("PATIENT-1")
  const cert = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
  expect(() => createSecureContext({ cert, key: "none" })).toThrow()
  expect(keyed("PATIENT-1")).toEqual(before)
})
