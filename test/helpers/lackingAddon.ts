/**
 * Throws what a process said that looked for the addon in vain, where scripts/test.mjs found that none is built: its test
 * is skipped then, whatever it would have made of the answer. A test that names an addon itself wants that answer.
 */
export function requireAddonIn(
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  env: Readonly<Record<string, string>>,
): void {
  if (process.env.TWINFER_TEST_WITHOUT_ADDON === undefined || 'TWINFER_ADDON' in env) return
  const line = /^.*(?:could not load the twinfer addon|format\.wasm).*$/m.exec(stdout + stderr)
  if (line) throw new Error(line[0])
}
