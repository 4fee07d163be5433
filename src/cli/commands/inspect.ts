import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'
import type { InspectRequest } from '../inspect/inspectModel.js'

const examples = `
Examples:
  $ twinfer inspect mobilenet.ncnn.param
  $ twinfer inspect mobilenet.mnn --layers
  $ twinfer inspect mobilenet.mnn --json
  $ twinfer inspect golden.twin

Reads the file only: no engine is loaded, so it works where they do not.`

export function addInspect(program: Command, done: Done): void {
  program
    .command('inspect')
    .summary('show inputs, outputs, layers and versions of a model file or a golden pack')
    .description('Shows what a model file says about itself, without running it')
    .argument('<model>', '.param, .mnn or a golden pack (.twin)')
    .option('--layers', 'list every layer, not only how many of each type')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async (model: string, options: Omit<InspectRequest, 'model'>) => {
      const { inspectModel } = await import('../inspect/inspectModel.js')
      done(await inspectModel({ ...options, model }))
    })
}
