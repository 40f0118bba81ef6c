/** Why a file that the configuration names can't be read, and what to do. */
export function unreadable(file: string, error: NodeJS.ErrnoException): string {
  const why: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "the user that runs this may not read it: grant it that, and nobody else",
    EISDIR: "it is a folder",
  }
  return `${file} can't be read: ${why[error.code ?? ""] ?? error.message}`
}
