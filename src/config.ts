import * as v from "valibot"
import { adminConfig } from "./admin/index.ts"
import { withWholePaths } from "./config-paths.ts"
import type { DestinationConfig, DestinationKind } from "./destination/index.ts"
import { type CodeMapConfig, codeMapConfig, codeMapProblems, mapConfig } from "./map/index.ts"
import type { SourceConfig, SourceKind } from "./source/index.ts"
import { retentionConfig, storeConfig } from "./store/index.ts"
import { timezone } from "./units.ts"

/** The kinds a configuration may name. */
export interface Kinds {
  sources: Readonly<Record<string, SourceKind>>
  destinations: Readonly<Record<string, DestinationKind>>
}

/** Everything that keeps the gateway from starting, a line each, so that one run lists it all. */
export class StartProblem extends Error {
  override name = "StartProblem"

  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"))
  }
}

const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes, at most 63"),
)

const names = v.pipe(
  v.array(v.string("must be a name in quotes"), 'must be a list of names, such as ["lab"]'),
  v.minLength(1, "must name at least one"),
)

/** `[source.lab]` and the like; what stands inside is for its kind to say. */
function sections(room: string) {
  const written = `must be written [${room}.NAME], a section for each`
  return v.optional(
    v.pipe(
      v.custom<Record<string, unknown>>(isSection, written),
      v.record(v.string(), v.custom<Record<string, unknown>>(isSection, "must be a section")),
    ),
    {},
  )
}

const file = v.strictObject({
  site: v.strictObject({
    id: name,
    /** The id before, once something was delivered under it: a person's word for the change. */
    renamedFrom: v.optional(name),
    name: v.optional(v.string("must be text in quotes")),
    timezone: v.optional(timezone, "UTC"),
  }),
  admin: v.optional(adminConfig, {}),
  store: v.optional(storeConfig, {}),
  retention: v.optional(retentionConfig, {}),
  map: v.optional(mapConfig, {}),
  source: sections("source"),
  destination: sections("destination"),
  codeMap: sections("codeMap"),
  route: v.optional(
    v.array(
      v.strictObject({
        from: names,
        type: v.optional(
          v.pipe(
            v.array(
              v.pipe(
                v.string("must be a message type in quotes"),
                v.regex(
                  /^[A-Z0-9]{3}(\^[A-Z0-9]{3})?$/,
                  'must be like "ORU^R01", or "ADT" for all',
                ),
              ),
              'must be a list of types, such as ["ORU^R01", "ADT"]',
            ),
            v.minLength(1, "must name at least one type; leave it out for every type"),
          ),
        ),
        to: names,
      }),
      "must be written [[route]]",
    ),
    [],
  ),
})

type File = v.InferOutput<typeof file>

/** A configuration that holds: every default filled in, every reference checked. */
export interface Config extends Omit<File, "source" | "destination" | "codeMap"> {
  source: Record<string, SourceConfig>
  destination: Record<string, DestinationConfig>
  codeMap: Record<string, CodeMapConfig>
}

/** What `run` starts with when it is given no configuration: a box to try out on one machine. */
export const embeddedDefault = {
  site: { id: "demo", name: "Demonstration" },
  admin: { sandbox: true },
  source: { lab: { kind: "mllp", host: "127.0.0.1", port: 2575 } },
  destination: { sandbox: { kind: "fhir", url: "http://127.0.0.1:8575/sandbox/fhir" } },
  route: [{ from: ["lab"], to: ["sandbox"] }],
}

/**
 * Checks a configuration, and reads the files it names, whose paths are relative to `folder`;
 * throws StartProblem with every problem it has, each with its path.
 */
export function parseConfig(written: unknown, kinds: Kinds, folder = "."): Config {
  const input = withWholePaths(written, folder)
  const problems: string[] = []
  const parsed = v.safeParse(file, input)
  problems.push(...(parsed.issues ?? []).map((issue) => problemAt("", issue)))
  // Each part is looked at even when another is wrong, so that one run lists everything.
  const raw = isSection(input) ? input : {}
  const source = sectionsOf(raw.source, "source", ofKind(kinds.sources), problems)
  const destination = sectionsOf(
    raw.destination,
    "destination",
    ofKind(kinds.destinations),
    problems,
  )
  const names = Object.keys(isSection(raw.source) ? raw.source : {})
  const codes = codeMapConfig({ folder, sources: names })
  const codeMap = sectionsOf(raw.codeMap, "codeMap", () => codes, problems)
  problems.push(...codeMapProblems(codeMap, names))
  const routes = Array.isArray(raw.route) ? raw.route.map((one) => (isSection(one) ? one : {})) : []
  routes.forEach(({ from, to }, index) => {
    problems.push(...nowhere(`route[${index}].from`, from, "source", raw.source))
    problems.push(...nowhere(`route[${index}].to`, to, "destination", raw.destination))
  })
  const admin = v.safeParse(adminConfig, raw.admin ?? {})
  const listeners = { ...(admin.success && { admin: admin.output }), ...prefixed(source) }
  problems.push(...sharedAddresses(listeners))
  if (!parsed.success || problems.length > 0) throw new StartProblem(problems)
  return { ...parsed.output, source, destination, codeMap }
}

/** The schema for a section, or what is wrong with it where there is none. */
type SchemaOf<Settings> = (
  section: Record<string, unknown>,
) => v.GenericSchema<unknown, Settings> | string

function ofKind<Settings>(
  kinds: Readonly<Record<string, { config: v.GenericSchema<unknown, Settings> }>>,
): SchemaOf<Settings> {
  return ({ kind }) => {
    const found = typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    const known = Object.keys(kinds).map((one) => `"${one}"`)
    return found?.config ?? `kind: must be one of ${known.join(", ")}`
  }
}

function sectionsOf<Settings>(
  input: unknown,
  room: string,
  schemaOf: SchemaOf<Settings>,
  problems: string[],
): Record<string, Settings> {
  const sections: Record<string, Settings> = {}
  if (!isSection(input)) return sections
  for (const [key, value] of Object.entries(input)) {
    const path = `${room}.${key}`
    if (!v.is(name, key))
      problems.push(`${path}: a name must be lower-case letters, digits, dashes`)
    if (!isSection(value)) continue
    const schema = schemaOf(value)
    if (typeof schema === "string") {
      problems.push(`${path}.${schema}`)
      continue
    }
    const parsed = v.safeParse(schema, value)
    if (parsed.success) sections[key] = parsed.output
    else problems.push(...parsed.issues.map((issue) => problemAt(path, issue)))
  }
  return sections
}

function problemAt(prefix: string, issue: v.BaseIssue<unknown>): string {
  const path = [prefix, v.getDotPath(issue) ?? ""].filter((part) => part !== "").join(".")
  const place = path.replaceAll(/\.(\d+)(?=\.|$)/g, "[$1]") || "the configuration"
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `${place}: is not a key this section has`
  }
  if (issue.received === "undefined") return `${place}: is required`
  // A schema without words of its own speaks of types, which a configuration's author may not.
  const plain = issue.message.startsWith("Invalid type: ") ? plainTypes[issue.expected ?? ""] : ""
  const received = plainTypes[issue.received] ?? issue.received
  return `${place}: ${plain ? `must be ${plain}, not ${received}` : issue.message}`
}

const plainTypes: Readonly<Record<string, string>> = {
  string: "text in quotes",
  number: "a number",
  boolean: "true or false",
  Array: "a list in brackets",
  Object: "a section",
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Names that stand for nothing; what is no list of names is another problem. */
function nowhere(path: string, wanted: unknown, room: string, input: unknown): string[] {
  const there = Object.keys(isSection(input) ? input : {})
  return (v.is(names, wanted) ? wanted : [])
    .filter((one) => !there.includes(one))
    .map((one) => {
      const known = there.length > 0 ? `there is ${there.join(", ")}` : "there is none"
      return `${path}: no [${room}.${one}] stands in the configuration; ${known}`
    })
}

function prefixed(source: Record<string, SourceConfig>): Record<string, object> {
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [`source.${key}`, value]))
}

/** Two listeners on one port of one address: the second would only fail when it opens. */
function sharedAddresses(listeners: Record<string, { host?: unknown; port?: unknown }>): string[] {
  const every = ["0.0.0.0", "::"]
  const taken: { path: string; host: string; port: unknown }[] = []
  return Object.entries(listeners).flatMap(([path, { host, port }]) => {
    if (typeof host !== "string" || typeof port !== "number" || port === 0) return []
    const other = taken.find(
      (one) =>
        one.port === port &&
        (one.host === host || every.includes(one.host) || every.includes(host)),
    )
    taken.push({ path, host, port })
    return other ? [`${path}.port: ${port} is ${other.path}'s already`] : []
  })
}
