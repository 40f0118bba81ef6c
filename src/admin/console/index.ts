import page from "./index.html" with { type: "text" }

export interface Console {
  html: string
  /** The page's Content-Security-Policy: nothing runs but what stands in it, nothing leaves. */
  policy: string
}

/** The page that says whether data is getting through. Whole in itself: a clinic has no CDN. */
export function openConsole({ sandbox }: { sandbox: boolean }): Console {
  const text = String(page)
  const html = sandbox ? text.replace('<section id="sandbox" hidden>', "<section>") : text
  const policy = [
    "default-src 'none'",
    "connect-src 'self'",
    "img-src data:",
    `style-src ${digestOf(html, "style")}`,
    `script-src ${digestOf(html, "script")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ")
  return { html, policy }
}

/** The digest of an inline element's text, by which CSP allows it and nothing else. */
function digestOf(html: string, element: string): string {
  const text = new RegExp(`<${element}[^>]*>([^]*?)</${element}>`).exec(html)?.[1]
  if (text === undefined) throw new Error(`the console has no <${element}>`)
  return `'sha256-${new Bun.CryptoHasher("sha256").update(text).digest("base64")}'`
}
