import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'

const examples = `
Examples:
  $ twinfer doctor
  $ twinfer doctor --json

Exit code 0 where the engines load, 2 where they do not.`

export function addDoctor(program: Command, done: Done): void {
  program
    .command('doctor')
    .summary('show platform, CPU, GPUs and engines, and why they do not load')
    .description('Tests in a child process whether the engines load here, and says what to do if not')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async () => {
      const { examine } = await import('../doctor/examine.js')
      done(await examine())
    })
}
