import type { ProbeFindings, Problem } from './Findings.js'

/** A sentence about a probe that did not end by itself. What it still sent tells where it was. */
export function explainCrash(
  crash: string,
  found: Omit<ProbeFindings, 'problems'>,
  printed: string,
): Problem {
  const message = `${stageOf(found)} ended with ${crash}${printed === '' ? '' : `: ${printed}`}`
  if (found.cpu) {
    return { message, help: 'A Vulkan driver is at fault: use --device cpu, or update or remove the driver.' }
  }
  if (crash === 'SIGILL') {
    return {
      message: `${message} (an instruction that this CPU does not have)`,
      help: 'The binary was built for a newer CPU: build it on this machine, with `npm run build` in a git checkout.',
    }
  }
  return { message, help: 'Please report this with the output of `twinfer doctor --json`.' }
}

function stageOf(found: Omit<ProbeFindings, 'problems'>): string {
  if (found.cpu) return 'looking for GPUs'
  return found.versions ? 'asking for the CPU features' : 'loading the addon'
}
