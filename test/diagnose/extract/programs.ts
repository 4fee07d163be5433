// The programs beside a piece run, and say what `extract` says.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readNpy } from 'twinfer'
import { type Extraction, type ExtractOptions, extract } from 'twinfer/diagnose'
import { cString } from '../../../dist/diagnose/extract/programs.js'
import { fixture } from '../../helpers/fixtures.js'
import { digits, digitsInput } from '../../helpers/packs.js'
import { patience } from '../../helpers/patience.js'
import { projectPath } from '../../helpers/projectPath.js'

t.setTimeout(patience * 600_000)

async function cut(t: Test, model: string, options: Partial<ExtractOptions> & Pick<ExtractOptions, 'layer'>) {
  const folder = join(t.testdir(), 'out')
  return extract(digits(model), { folder, inputs: await digitsInput(), ...options })
}

/** Whether what a program printed of each output is what was measured. */
function holds(t: Test, printed: string, { outputs }: Extraction): void {
  const lines = printed.trim().split('\n')
  t.equal(lines.length, outputs.length, printed)
  for (const [i, { name, sqnrDb, maxAbs }] of outputs.entries()) {
    const [, said, decibels] = /^(.*): (?:identical|max abs .*, SQNR ([\d.]+) dB)$/.exec(lines[i]!) ?? []
    t.equal(said, name)
    if (maxAbs === 0) t.match(lines[i], /identical/)
    else t.ok(Math.abs(Number(decibels) - sqnrDb!) < 0.2, `${lines[i]}, measured ${sqnrDb}`)
  }
}

t.test('in JavaScript', async (t) => {
  for (const [model, layer] of [
    ['model.ncnn.param', 'convrelu_3'],
    ['model.mnn', 5],
  ] as const) {
    const one = await cut(t, model, { layer, reference: digits('model.onnx') })
    const ran = spawnSync(process.execPath, [join(one.folder, 'run.mjs')], { encoding: 'utf8' })
    t.equal(ran.stderr, '')
    t.equal(ran.status, 0)
    holds(t, ran.stdout, one)
  }
})

const enginesFile = projectPath('build/linux-x64/engines.cmake')
const prefixes = existsSync(enginesFile)
  ? [...readFileSync(enginesFile, 'utf8').matchAll(/TWINFER_(\w+)_PREFIX "(.*)"/g)]
  : []
const prefix = Object.fromEntries(prefixes.map(([, engine, path]) => [engine!.toLowerCase(), path!]))
const hasCompiler = spawnSync('g++', ['--version']).status === 0
const skip = (!hasCompiler && 'no g++') || (prefixes.length === 0 && 'no engines were built here')

/** What the engines that are built for the addon call in it: they log through it. */
const hooks = `
#include <cstdio>
extern "C" int twinfer_ncnn_fprintf(FILE*, const char*, ...) { return 0; }
extern "C" int __android_log_print(int, const char*, const char*, ...) { return 0; }
`

function compile(t: Test, { folder, engine }: Extraction): string {
  writeFileSync(join(folder, 'hooks.cpp'), hooks)
  const engineArgs =
    engine === 'ncnn'
      ? [
          'ncnn',
          'glslang',
          'MachineIndependent',
          'GenericCodeGen',
          'glslang-default-resource-limits',
          'SPIRV',
        ]
      : ['MNN']
  const include = engine === 'ncnn' ? 'include/ncnn' : 'include/include'
  const at = prefix[engine]!
  const libraries = engineArgs.map((name) => `-l${name}`)
  const program = join(folder, 'repro')
  const args = ['-O1', '-std=c++17', '-Wall', '-Wextra', '-Werror', 'repro.cpp', 'hooks.cpp', '-o', program]
  const ran = spawnSync(
    'g++',
    [
      ...args,
      `-isystem${at}/${include}`,
      `-L${at}/lib`,
      '-Wl,--start-group',
      ...libraries,
      '-Wl,--end-group',
      '-fopenmp',
      '-lpthread',
      '-ldl',
    ],
    { cwd: folder, encoding: 'utf8' },
  )
  t.equal(ran.status, 0, ran.stderr)
  return program
}

t.test('in C++, on the engine alone', { skip }, async (t) => {
  for (const [model, layer] of [
    ['model.ncnn.param', 'convrelu_3'],
    ['model.mnn', 5],
  ] as const) {
    const one = await cut(t, model, { layer, reference: digits('model.onnx') })
    const ran = spawnSync(compile(t, one), [one.folder], { encoding: 'utf8' })
    t.equal(ran.stderr, '')
    t.equal(ran.status, 0)
    holds(t, ran.stdout, one)
  }
})

t.test('in C++, of a binary .param in another precision', { skip }, async (t) => {
  const folder = join(t.testdir(), 'out')
  const inputs = await readNpy(fixture('cases/param-bin/x.npy'))
  const model = fixture('cases/param-bin/model.param.bin')
  const one = await extract(model, { layer: 1, folder, inputs, precision: 'bf16' })
  t.match(readFileSync(join(folder, 'repro.cpp'), 'utf8'), /load_param_bin/)
  const ran = spawnSync(compile(t, one), [folder], { encoding: 'utf8' })
  t.equal(ran.status, 0, ran.stderr)
  holds(t, ran.stdout, one)
})

t.test('the options are said to the engine in its words', async (t) => {
  const mnn = await cut(t, 'model.mnn', {
    layer: 5,
    engineOptions: { winogradMemoryLevel: 1, memory: 'low' },
    threads: 1,
  })
  const program = readFileSync(join(mnn.folder, 'repro.cpp'), 'utf8')
  t.match(program, /setSessionHint\(MNN::Interpreter::WINOGRAD_MEMORY_LEVEL, 1\);/)
  t.match(program, /backend.memory = MNN::BackendConfig::Memory_Low;/)
  t.match(program, /schedule.numThread = 1;/)
  const ncnn = await cut(t, 'model.ncnn.param', {
    layer: 'convrelu_3',
    engineOptions: { use_sgemm_convolution: false },
  })
  const options = readFileSync(join(ncnn.folder, 'repro.cpp'), 'utf8')
  t.match(options, /net.opt.use_sgemm_convolution = false;/)
  t.match(options, /net.opt.use_fp16_storage = false;/)
})

t.test('names are C strings whatever they hold', (t) => {
  t.equal(cString('a/b:c'), '"a/b:c"')
  t.equal(cString('"\\??/ é\n7'), '"\\"\\\\\\077\\077/ \\303\\251\\0127"')
  t.end()
})
