/** The password grant: legacy, and in places all there is. */
import { afterEach, beforeEach, expect, test } from "bun:test"
import * as v from "valibot"
import { accessConfig } from "../../../src/destination/auth/index.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { openTokenEndpoint } from "../../fake/token-endpoint.ts"
import { openReached, secretFile } from "./access.ts"

let central: Central
let endpoint: Awaited<ReturnType<typeof openTokenEndpoint>>

beforeEach(async () => {
  central = await openCentral()
  endpoint = await openTokenEndpoint()
})

afterEach(async () => {
  await endpoint[Symbol.asyncDispose]()
  await central.close()
})

const passwordFile = secretFile("pa ss&word")
const clientSecretFile = secretFile("s3cret")

/** Sends a message; what came of it, and what the endpoint was asked. */
async function sendWith(client: { clientId?: string; clientSecretFile?: string }) {
  const { url: tokenUrl } = endpoint
  const user = { tokenUrl, username: "kisumu", passwordFile, clientAuth: "basic" } as const
  using opened = openReached({ url: central.url, auth: { kind: "password", ...user, ...client } })
  const outcome = await opened.send()
  const { form, headers } = endpoint.requests.at(-1) ?? {}
  const authorization = headers?.get("authorization") ?? undefined
  return { outcome, form: Object.fromEntries(form ?? []), authorization }
}

const form = { grant_type: "password", username: "kisumu", password: "pa ss&word" }
const basic = `Basic ${Buffer.from("box:s3cret").toString("base64")}`

test.each([
  ["no client", {}, { form, authorization: undefined }],
  [
    "a client",
    { clientId: "box" },
    { form: { ...form, client_id: "box" }, authorization: undefined },
  ],
  ["a client's secret", { clientId: "box", clientSecretFile }, { form, authorization: basic }],
])("asks with the user's name and password, and %s", async (_name, client, asked) => {
  const sent = await sendWith(client)
  expect(sent).toEqual({ ...asked, outcome: sent.outcome })
  expect(sent.outcome).toMatchObject({ outcome: "delivered" })
})

test("refused, it names the file the password came from", async () => {
  endpoint.answer = () => ({ status: 400, body: { error: "invalid_grant" } })
  const says = `is username known there, and its password the one in ${passwordFile}?`
  expect((await sendWith({})).outcome).toMatchObject({
    outcome: "pause",
    reason: `${endpoint.url}: answered 400 invalid_grant: ${says}`,
  })
})

test("a secret without the client it belongs to is a problem of the configuration", () => {
  const user = { tokenUrl: "https://sso.example/token", username: "kisumu", passwordFile }
  const section = { auth: { kind: "password", ...user, clientSecretFile } }
  const { issues = [] } = v.safeParse(v.strictObject(accessConfig), section)
  expect(issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)).toEqual([
    "auth.clientSecretFile: needs a clientId: it is that client's secret",
  ])
})
