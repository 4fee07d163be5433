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
    .description('Writes a PNG in which orders, sides, turns, crops and filters all show')
    .requiredOption('-o, --out <file.png>', 'the picture to write; one that is there is replaced')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', examples)
    .action(async ({ out }: { readonly out: string }) => {
      const { OutputFile } = await import('../output/OutputFile.js')
      const file = await OutputFile.at(out)
      const card = await readFile(fileURLToPath(new URL('../../../assets/probe-card.png', import.meta.url)))
      await file.write(card)
      // A PNG begins with its signature and the chunk that holds both.
      const [width, height] = [card.readUInt32BE(16), card.readUInt32BE(20)]
      const document = { card: out, width, height, bytes: card.length }
      done({ exitCode: 0, document, text: `wrote ${out}: ${width} x ${height} pixels` })
    })
}
