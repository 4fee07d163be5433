import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import type { Done } from '../CommandResult.js'

const examples = `
Examples:
  $ twinfer probe-card -o card.png

Feed it to the original and to your application, keep what reaches the engines as golden.npy and mine.npy, and ask:
  $ twinfer diagnose model.mnn --image card.png --golden-input golden.npy --deployed-input mine.npy
Every two ways of preprocessing that people confuse give different inputs of it; a photo, above all a grey or a square one,
may not.`

export function addProbeCard(program: Command, done: Done): void {
  program
    .command('probe-card')
    .summary('write the picture that tells every preprocessing from every other')
    .description('Writes a PNG of 523 x 367 pixels in which orders, sides, turns, crops and filters all show')
    .requiredOption('-o, --out <file.png>', 'the picture to write; one that is there is replaced')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async ({ out }: { readonly out: string }) => {
      const { OutputFile } = await import('../output/OutputFile.js')
      const file = await OutputFile.at(out)
      const card = await readFile(fileURLToPath(new URL('../../../assets/probe-card.png', import.meta.url)))
      await file.write(card)
      const document = { card: out, width: 523, height: 367, bytes: card.length }
      done({ exitCode: 0, document, text: `wrote ${out}: 523 x 367 pixels` })
    })
}
