import * as v from "valibot"

/**
 * The version of the maps. It goes up with a release that makes another Bundle of a message that an
 * earlier release made one of, and CHANGELOG.md says there what is another. A map for a type that
 * none was for is no such change.
 */
export const mapVersion = 1

/**
 * `[map]`: a site that pins the version gets no other Bundle for the same message by an update
 * alone, since a release with another one does not start on it and says why.
 */
export const mapConfig = v.strictObject({
  version: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.check((pinned) => pinned === mapVersion, wrongVersion),
    ),
  ),
})

function wrongVersion({ input }: { input: number }): string {
  return (
    `this release maps by version ${mapVersion}, not ${input}: stay with a release that has ` +
    `${input}, or read in CHANGELOG.md what ${mapVersion} changed and then set it here`
  )
}
