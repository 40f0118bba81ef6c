const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "the user that runs this may not read it: grant it that, and nobody else",
  EISDIR: "it is a folder",
  ENOTDIR: "what should be its folder is a file",
}

/** Why a file can't be read, in words where the system's code is one that people meet. */
export function whyUnreadable(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException
  return words[code] ?? message
}

/** A sentence about a file that can't be read, and what to do. */
export function unreadable(file: string, error: unknown): string {
  return `${file} can't be read: ${whyUnreadable(error)}`
}
