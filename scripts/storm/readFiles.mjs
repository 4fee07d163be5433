// Reads the mutated file that the parent asks for, through the commands and functions that take such a file, and says what
// it made the program do that no file may.
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { open, readNpy } from 'twinfer'
import { check } from 'twinfer/check'
import { evaluate } from 'twinfer/eval'
import { Npz, parseNpy, readNpz } from 'twinfer/npy'
import { Pack, recordedModel, rejudge, verify } from 'twinfer/pack'
import { findSidecar, importRecord, readLabels, readSidecar } from 'twinfer/preprocess'
import { answerRequests } from '../../bench/lib/answerRequests.mjs'
import { main } from '../../dist/cli/main.js'
import { forgetPeak, memory } from './memory.mjs'
import { Watch } from './Watch.mjs'

const model = 'model.mnn'
const written = ['report.html', 'outputs.csv', 'junit.xml']
/** What else a record needs that was made for another model. */
const fields =
  '--order GREY --width 8 --height 8 --fit stretch --resampler pillow --interpolation bilinear --mean 0 --std 1'.split(
    ' ',
  )
const reports = ['--report', 'report.html', '--csv', 'outputs.csv', '--junit', 'junit.xml']

/** The functions of each kind, and its commands; files are in the current folder. */
const readers = {
  '.twin': {
    calls: {
      tensors: async (file) => {
        const pack = await Pack.open(file)
        const { inputs, recorded } = pack.manifest
        await pack.readAll([...inputs, ...recorded.outputs]).finally(() => pack.close())
      },
      recordedModel,
      rejudge,
      verify: (file) => verify(file, model, { repeat: 1 }),
    },
    commands: (file) => [
      ['inspect', file, '--layers'],
      ['inspect', file, '--json'],
      ['verify', file, '--rejudge', ...reports],
      ['verify', file, '--repeat', '1'],
      ['verify', file, model, '--repeat', '1', ...reports],
      ['diagnose', model, '--reference', file, '--report', 'report.html'],
    ],
  },
  '.npz': {
    calls: {
      readNpz,
      npz: async (file) => {
        const npz = await Npz.open(file)
        try {
          for (const name of npz.names) await npz.read(name)
        } finally {
          await npz.close()
        }
      },
    },
    commands: (file) => [
      ['run', model, '-i', file],
      ['run', model, '-i', `${file}:image`, '--json'],
      ['compare', model, model, '-i', file, '--repeat', '1', ...reports],
      ['eval', model, '--data', file, '--csv', 'outputs.csv'],
      ['diagnose', model, '--reference-output', file, '--candidate-output', file, '--report', 'report.html'],
    ],
  },
  '.npy': {
    calls: { readNpy, parseNpy: (file) => parseNpy(readFileSync(file)) },
    commands: (file) => [
      ['run', model, '-i', file, '-o', 'out'],
      ['compare', model, model, '-i', `image=${file}`, '--repeat', '1', '--report', 'report.html'],
      ['check', model, '--dump', file],
      ['eval', model, '--data', 'input.npy', '--labels', file],
    ],
  },
  '.onnx': {
    calls: { against: (file) => check(model, { against: file }) },
    commands: (file) => [
      ['check', model, '--against', file],
      ['check', model, '--against', file, '--json'],
      ['diagnose', model, '--reference', file, '--report', 'report.html'],
      ['compare', file, model, '--random', '1', '--repeat', '1', '--layers', ...reports],
    ],
  },
  '.json': {
    calls: {
      importRecord,
      readSidecar,
      findSidecar: () => findSidecar(model),
      readLabels,
      tuned: async (file) => {
        if (/tuned/.test(file)) await (await open(model, { tuned: file })).dispose()
      },
    },
    commands: (file) =>
      /tuned/.test(file)
        ? [
            ['run', model, '--tuned', file, '-i', 'input.npy'],
            ['run', model, '--tuned', file, '-i', 'input.npy', '--json'],
          ]
        : [
            ['meta', 'show', model],
            ['meta', 'show', model, '--json'],
            ['meta', 'verify', model],
            ['run', model, '--image', 'picture.png'],
            ['preprocess', 'picture.png', '--sidecar', file, '--dump-stages', 'stages'],
            ['compare', model, model, '--images', 'picture.png', '--repeat', '1', '--report', 'report.html'],
            ['diagnose', model, '--reference', model, '--image', 'picture.png', '--report', 'report.html'],
            ['meta', 'init', model, '--from', file, '--sidecar', 'made.json', '--force', ...fields],
            ['run', model, '--image', 'picture.png', '--sidecar', 'made.json'],
          ],
  },
  '.csv': {
    calls: {
      labels: (file) => evaluate([model], { data: file, metrics: ['top1'], limit: 3 }),
      pairs: (file) => evaluate([model], { data: file, metrics: ['eer'], limit: 3 }),
    },
    commands: (file) => [
      ['eval', model, '--data', file, '--limit', '3', '--csv', 'outputs.csv'],
      ['eval', model, '--data', file, '--limit', '3', '--metric', 'eer'],
    ],
  },
}

await answerRequests(async ({ file }, say) => {
  forgetPeak()
  process.chdir(dirname(file))
  const watch = new Watch(file)
  const name = basename(file)
  const { calls, commands } = readers[/\.\w+$/.exec(name)[0]]
  let read = 0
  for (const [step, call] of Object.entries(calls)) {
    say({ step })
    if (await watch.call(step, () => call(name))) read++
  }
  let answers = 0
  // What no function reads, no command does: one of them shows how the error looks.
  const all = commands(name)
  for (const argv of read > 0 ? all : [all[statSync(file).size % all.length]]) {
    say({ step: argv.slice(0, 2).join(' ') })
    if ((await watch.command(main, argv)) !== 2) answers++
    for (const path of written) watch.report(join(dirname(file), path))
  }
  watch.lookAround()
  const [first] = watch.found
  const { kind = answers > 0 ? 'ran' : 'refused by open', message } = first ?? {}
  // One file may do several things.
  const others = watch.found.slice(1, 6).map(({ kind, message }) => `${kind}: ${message}`)
  return { kind, message, others, ...memory() }
})
