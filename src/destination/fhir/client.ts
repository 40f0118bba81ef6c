import type { Bundle, FhirResource } from "fhir/r4"
import type { Destination, Outcome, Sending, Surroundings } from "../../message.ts"
import { Batches, type Posted, type Posting } from "./batches.ts"
import { capabilityOf } from "./capability.ts"
import { Creates } from "./creates.ts"
import { isUnsearchable, tokens } from "./matches.ts"
import { outcomeOf } from "./outcome.ts"
import { placeByOwnIds } from "./own-ids.ts"
import { matchPatient, placePatients } from "./patient-match.ts"
import { applyPlaces } from "./place.ts"
import { SearchProblem } from "./problem.ts"
import { type FhirSettings, openServer, type Search } from "./server.ts"

/**
 * A FHIR R4 server. `send` posts one transaction (R4, 3.1.0.11.2) and is safe to repeat: the
 * Bundle creates and updates on condition or under our own ids, and the idempotency key is the
 * same for the same body. `find` reads by search. Nothing is connected until then.
 */
export function openFhir(
  settings: FhirSettings,
  { now, log }: Pick<Surroundings, "now" | "log">,
): Destination {
  const server = openServer(settings, { now, log })
  const creates = new Creates()
  const { patientMatch = [], batchMax = 1, concurrency = 1 } = settings
  const requestsMax = Math.max(1, Math.floor(concurrency / batchMax))
  const batches = batchMax > 1 ? new Batches({ batchMax, requestsMax, post }) : undefined

  /** The transaction as it is to be posted. Throws what is for `server.problem`. */
  async function place(bundle: Bundle, signal: AbortSignal): Promise<Bundle> {
    const search: Search = (type, query) => server.search(type, query, signal)
    const places = await placePatients(bundle, patientMatch, search)
    if (settings.write === "put") {
      await placeByOwnIds(bundle, places, (key) => creates.isSeen(key), search)
    }
    return applyPlaces(bundle, places, server.base)
  }

  async function post({ bundle, key, signal }: Posting): Promise<Posted> {
    try {
      const answer = await server.post(bundle, key, signal)
      const outcome = outcomeOf(answer, bundle.entry?.length ?? 0, now(), settings)
      return { outcome, status: answer.status }
    } catch (error) {
      return { outcome: server.problem(error), status: 0 }
    }
  }

  async function placeAndPost({ bundle, key }: Sending, signal: AbortSignal): Promise<Outcome> {
    let posting: Posting
    try {
      posting = { bundle: await place(bundle, signal), key, signal }
    } catch (error) {
      return server.problem(error)
    }
    return batches ? batches.send(posting) : (await post(posting)).outcome
  }

  return {
    async send(sending: Sending, signal: AbortSignal): Promise<Outcome> {
      const leave = await creates
        .enter(createKeys(sending.bundle), signal)
        .catch((error: Error) => error)
      if (leave instanceof Error) return server.problem(leave)
      const outcome = await placeAndPost(sending, signal)
      leave(outcome.outcome === "delivered")
      return outcome
    },

    async find(type, identifier, signal, described): Promise<FhirResource | undefined> {
      const search: Search = (type, query) => server.search(type, query, signal)
      try {
        if (type === "Patient" && described?.resourceType === "Patient") {
          const match = await matchPatient(described, patientMatch, search)
          if (match) return match
        }
        const found = await search(type, { identifier: tokens([identifier]), _count: "2" })
        if (found.length <= 1) return found[0]
      } catch (error) {
        // As a channel that only takes transactions does.
        if (error instanceof SearchProblem && isUnsearchable(error)) return undefined
        throw new SearchProblem(server.problem(error))
      }
      const reason = `searching ${type}: several have an identifier that should be one's alone`
      throw new SearchProblem({ outcome: "retry", reason })
    },

    async greet(signal) {
      try {
        const answer = await server.get("metadata", signal)
        const { speaks, warnings } = capabilityOf(answer, settings)
        if (speaks) log("destination-speaks", speaks)
        if (warnings.length > 0) log("destination-warns", { warnings })
      } catch (error) {
        log("destination-says-nothing", { reason: server.problem(error).reason })
      }
    },

    async close() {
      server.close()
    },
  }
}

/** What the entries of a transaction create where it is absent, each by its condition. */
function createKeys({ entry = [] }: Bundle): string[] {
  return entry.flatMap(({ request }) => {
    const { method, url, ifNoneExist = "" } = request ?? {}
    // What is found by its tag is made by one message alone.
    return method === "POST" && !/^(_tag=|$)/.test(ifNoneExist) ? [`${url}?${ifNoneExist}`] : []
  })
}
