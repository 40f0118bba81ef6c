/** Is this the address of the machine itself: 127.0.0.0/8, ::1, or the former inside IPv6? */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address) || address === "::1"
}
