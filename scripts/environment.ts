/**
 * The environment for a program we start: without the variables that would change what Bun or a
 * compiled binary does, and without those of a service manager that may be running us.
 */
export function cleanEnvironment(): Record<string, string | undefined> {
  const {
    BUN_OPTIONS: _options,
    BUN_BE_BUN: _beBun,
    NOTIFY_SOCKET: _socket,
    WATCHDOG_USEC: _interval,
    WATCHDOG_PID: _pid,
    ...environment
  } = process.env
  return environment
}
