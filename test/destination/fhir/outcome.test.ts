import { describe, expect, test } from "bun:test"
import type { Answer } from "../../../src/destination/answer.ts"
import { outcomeOf } from "../../../src/destination/fhir/outcome.ts"

const now = Date.UTC(2026, 3, 15, 12)

function answer(status: number, body: unknown = "", headers: Record<string, string> = {}): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return { status, headers: new Headers(headers), text, cut: false }
}

function response(...statuses: unknown[]) {
  const entry = statuses.map((status) => ({ response: { status } }))
  return { resourceType: "Bundle", type: "transaction-response", entry }
}

const failure = {
  resourceType: "OperationOutcome",
  issue: [
    { severity: "warning", code: "value", diagnostics: "a display is odd" },
    {
      severity: "error",
      code: "value",
      diagnostics: "gender is not a code",
      expression: ["Patient.gender"],
    },
  ],
}

/** The outcome, with our words and the server's in one line, as people read it. */
function judged(...args: Parameters<typeof outcomeOf>) {
  const outcome = outcomeOf(...args)
  if (outcome.outcome === "delivered") return outcome
  const { said, reason, issues: _, ...rest } = outcome
  return { ...rest, reason: said === undefined ? reason : `${reason}: ${said}` }
}

test("what the server says is kept apart from our words: it may quote the message", () => {
  expect(outcomeOf(answer(422, failure), 1, now)).toEqual({
    outcome: "hold",
    reason: "answered 422",
    said: "gender is not a code (Patient.gender)",
    issues: [
      { severity: "warning", code: "value", text: "a display is odd", expression: "" },
      {
        severity: "error",
        code: "value",
        text: "gender is not a code",
        expression: "Patient.gender",
      },
    ],
  })
})

describe("the issues a refusal names", () => {
  const issuesOf = (issue: unknown, status = 422) => {
    const outcome = outcomeOf(answer(status, { resourceType: "OperationOutcome", issue }), 1, now)
    return "issues" in outcome ? outcome.issues : undefined
  }

  test("are as many and as long as a person reads, whatever the server sends", () => {
    const long = { severity: "error", code: "value", diagnostics: "x".repeat(5000) }
    const issues = issuesOf(new Array(100).fill(long)) ?? []
    expect(issues).toHaveLength(20)
    expect(issues[0]?.text).toBe(`${"x".repeat(500)}…`)
  })

  test("may be told in another place: details, or a location as before R4", () => {
    const details = { text: "no such code" }
    expect(
      issuesOf([{ severity: "error", code: "value", details, location: ["Patient"] }]),
    ).toEqual([{ severity: "error", code: "value", text: "no such code", expression: "Patient" }])
  })

  test.each([
    ["no list", {}],
    ["an empty one", []],
  ])("%s: none are kept", (_what, issue) => expect(issuesOf(issue)).toBeUndefined())

  test.each([
    ["numbers", [1]],
    ["null", [null]],
    ["members of other types", [{ severity: 1, code: {}, diagnostics: [], expression: {} }]],
  ])("%s in their place are kept as nothing said", (_what, issue) => {
    expect(issuesOf(issue)).toEqual([{ severity: "", code: "", text: "", expression: "" }])
  })

  test("are read from an answer in XML too", () => {
    const xml =
      '<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/>' +
      '<code value="invalid"/><diagnostics value="no &lt;b&gt;"/></issue></OperationOutcome>'
    expect(outcomeOf(answer(400, xml), 1, now)).toMatchObject({
      outcome: "hold",
      said: "no <b>",
      issues: [{ severity: "error", code: "invalid", text: "no <b>", expression: "" }],
    })
  })
})

describe("415 to what we chose to send", () => {
  test.each([
    ["gzip = true", { gzip: true }],
    ['format = "xml"', { format: "xml" as const }],
  ])("%s: no message would get through, and the reason names it", (what, settings) => {
    expect(outcomeOf(answer(415), 1, now, settings)).toEqual({
      outcome: "pause",
      reason: `answered 415 (does it know what is sent with ${what}?)`,
    })
  })

  test("to what every server reads it is about the message", () => {
    expect(outcomeOf(answer(415), 1, now, { gzip: false, format: "json" }).outcome).toBe("hold")
  })
})

describe("what a status means", () => {
  const expected: Record<string, readonly number[]> = {
    pause: [300, 301, 302, 303, 304, 307, 308, 401, 403, 404, 405, 407, 410],
    hold: [400, 402, 406, 411, 413, 414, 415, 417, 418, 421, 422, 423, 424, 426],
    retry: [408, 409, 412, 425, 429, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599],
  }
  for (const [outcome, statuses] of Object.entries(expected)) {
    test.each([...statuses])(`${outcome} after %d`, (status) => {
      const { outcome: got, ...rest } = judged(answer(status, failure), 1, now)
      expect(got).toBe(outcome as typeof got)
      expect(rest).toMatchObject({
        reason: expect.stringMatching(
          new RegExp(`^answered ${status}( \\(.+\\?\\))?: gender is not a code`),
        ),
      })
    })
  }

  test("every status there is gives an outcome with a reason of one line", () => {
    for (let status = 100; status < 600; status++) {
      const outcome = judged(answer(status, "<p>\r\n\u0007no\n</p>"), 1, now)
      expect(outcome).toMatchObject({ reason: expect.stringMatching(/^answered \d{3}[^\n]*no/) })
    }
  })

  test("a redirect says where to, so that the address can be mended", () => {
    expect(judged(answer(308, "", { location: "https://new.example/fhir" }), 1, now)).toEqual({
      outcome: "pause",
      reason: "answered 308 (moved to https://new.example/fhir)",
    })
  })
})

describe("a 2xx counts only when it says that every entry was stored", () => {
  test("all entries 2xx: delivered", () => {
    const outcome = judged(answer(200, response("201 Created", "200")), 2, now)
    expect(outcome).toMatchObject({ outcome: "delivered", receipt: { status: 200, entries: 2 } })
  })

  test.each([
    ["nothing", "", "with nothing in it"],
    ["blanks", " \n", "with nothing in it"],
    ["a proxy's page", "<html>Sign in</html>", "answer?): <html>Sign in</html>"],
    ["half an answer", '{"resourceType":"Bun', "not with a whole resource"],
    ["JSON that is no object", "null", "not with a FHIR Bundle: null"],
    ["a list", "[]", "not with a FHIR Bundle: []"],
    ["another resource", { resourceType: "Patient" }, "not with a FHIR Bundle"],
    ["an OperationOutcome", failure, "with an OperationOutcome: gender is not a code"],
    ["an OperationOutcome without issues", { resourceType: "OperationOutcome" }, "says nothing"],
    ["a searchset", { resourceType: "Bundle", type: "searchset" }, 'of type "searchset"'],
    ["a Bundle of no type", { resourceType: "Bundle" }, 'of type "undefined"'],
    ["too few entries", response("200"), "for 1 of the 2 entries"],
    ["too many entries", response("200", "200", "200"), "for 3 of the 2 entries"],
    ["no entries", { ...response(), entry: undefined }, "for 0 of the 2 entries"],
    ["entries that are no list", { ...response(), entry: "2" }, "for 0 of the 2 entries"],
    ["an entry of null", { ...response(), entry: [null, null] }, "entry 1 with no status"],
    ["an entry without a status", response("200", undefined), "entry 2 with no status"],
    ["a status as a number", response("200", 200), "entry 2 with no status"],
    ["a status of nonsense", response("200", "2000"), "entry 2 with 2000"],
    ["an entry not done for now", response("200", "503 Busy"), "entry 2 with 503 Busy"],
    ["an entry lost to a race", response("200", "412"), "entry 2 with 412"],
  ])("%s: sent again", (_what, body, reason) => {
    const outcome = judged(answer(200, body), 2, now)
    expect(outcome).toEqual({ outcome: "retry", reason: expect.stringContaining(reason) })
  })

  test.each(["400", "403 Forbidden", "404", "422 Unprocessable"])(
    "an entry refused with %s inside a 200: held, since it is this message that was refused",
    (status) => {
      const body = response("201", status)
      Object.assign(body.entry[1]?.response ?? {}, { outcome: failure })
      expect(judged(answer(200, body), 2, now)).toEqual({
        outcome: "hold",
        reason: `answered 200, but entry 2 with ${status}: gender is not a code (Patient.gender)`,
      })
    },
  )

  test("an answer too long to read whole: sent again", () => {
    const cut = { ...answer(200, response("200")), cut: true }
    expect(judged(cut, 1, now)).toMatchObject({ outcome: "retry" })
  })

  test.each([202, 204])("%d without a body: sent again", (status) => {
    expect(judged(answer(status), 1, now)).toMatchObject({ outcome: "retry" })
  })
})

describe("the receipt", () => {
  test("names the centre's own ids of the exchange", () => {
    const headers = { "x-request-id": "r-1", "x-openhim-transactionid": "5f1c" }
    expect(judged(answer(200, response("200"), headers), 1, now)).toMatchObject({
      receipt: { requestId: "r-1", openhimTransactionId: "5f1c" },
    })
  })

  test("its digest tells one stored version from the next", () => {
    const at = (version: number) => {
      const location = `Patient/1/_history/${version}`
      const entry = [{ response: { status: "200", location, etag: `W/"${version}"` } }]
      const outcome = judged(answer(200, { ...response(), entry }), 1, now)
      return outcome.outcome === "delivered" ? outcome.receipt.digest : undefined
    }
    expect(at(1)).toMatch(/^[0-9a-f]{64}$/)
    expect(at(1)).toBe(at(1))
    expect(at(1)).not.toBe(at(2))
  })
})

describe("Retry-After", () => {
  const date = "Wed, 15 Apr 2026 12:00:00 GMT"
  test.each([
    ["seconds", { "retry-after": "120" }, 120_000],
    ["a date by our clock", { "retry-after": "Wed, 15 Apr 2026 12:01:00 GMT" }, 60_000],
    [
      "a date by the server's clock, which is a year behind",
      { "retry-after": "Tue, 15 Apr 2025 12:01:00 GMT", date: "Tue, 15 Apr 2025 12:00:00 GMT" },
      60_000,
    ],
    ["a date gone by", { "retry-after": "Wed, 15 Apr 2026 11:00:00 GMT", date }, 0],
    ["more than a day", { "retry-after": "99999999999999999999" }, 86_400_000],
    ["nonsense", { "retry-after": "soon" }, undefined],
    ["a negative number", { "retry-after": "-5" }, undefined],
  ])("%s", (_what, headers, afterMs) => {
    const outcome = judged(answer(503, "", headers), 1, now)
    expect(outcome).toEqual({ outcome: "retry", reason: "answered 503", afterMs })
  })
})
