import { readFileSync } from 'node:fs'
import type { Effective } from '../../model/Model.js'
import { native } from '../../native/native.js'

/** What a program has to know of a piece. */
export interface ProgramFacts {
  readonly engine: 'ncnn' | 'mnn'
  /** Name of the model's file. */
  readonly model: string
  /** Name of its file of weights. */
  readonly weights: string | undefined
  readonly inputs: readonly { readonly name: string; readonly file: string }[]
  readonly outputs: readonly { readonly name: string; readonly expected: string }[]
  readonly effective: Pick<Effective, 'options' | 'threads'>
  /** Of the engine, as they were asked for. */
  readonly engineOptions: Readonly<Record<string, unknown>>
}

/** The programs that run a piece, by the names of their files. */
export function writePrograms(facts: ProgramFacts): ReadonlyMap<string, string> {
  return new Map([
    ['run.mjs', template('run.mjs')],
    ['repro.cpp', cppProgram(facts)],
    ['CMakeLists.txt', template(`${facts.engine}.CMakeLists.txt`)],
  ])
}

function template(name: string): string {
  return readFileSync(new URL(`../../../assets/extract/${name}`, import.meta.url), 'utf8')
}

function cppProgram(facts: ProgramFacts): string {
  const { engine, model, inputs, outputs } = facts
  // A binary .param has numbers in place of names.
  const isBinary = model.endsWith('.param.bin')
  const row = (name: string, file: string) => `    {${isBinary ? name : cString(name)}, ${cString(file)}},`
  const words: Readonly<Record<string, string>> = {
    ARRAYS: template('arrays.cpp'),
    BLOB: isBinary ? 'int' : 'const char*',
    INPUTS: inputs.map(({ name, file }) => row(name, file)).join('\n'),
    OUTPUTS: outputs.map(({ name, expected }) => row(name, expected)).join('\n'),
    OPTIONS: (engine === 'ncnn' ? ncnnOptions(facts) : mnnOptions(facts))
      .map((line) => `    ${line}`)
      .join('\n'),
    LOAD: isBinary ? 'load_param_bin' : 'load_param',
    MODEL: cString(model),
  }
  return template(`${engine}.cpp`).replace(/@([A-Z]+)@/g, (_, word: string) => words[word]!)
}

/** A C string of any name: bytes beyond printable ASCII in octal, which ends after three digits. */
export function cString(text: string): string {
  const characters = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte)
    if (character === '"' || character === '\\') return `\\${character}`
    // Two question marks begin a trigraph.
    const isPlain = byte >= 0x20 && byte < 0x7f && character !== '?'
    return isPlain ? character : `\\${byte.toString(8).padStart(3, '0')}`
  })
  return `"${characters.join('')}"`
}

/** Those in which the run differs from a Net that nothing was set of; ncnn alone has no `kernels`. */
function ncnnOptions({ effective }: ProgramFacts): readonly string[] {
  const own = new (native().ncnn.Net)().getOption()
  const set = Object.entries(effective.options).filter(
    ([name, value]) => name in own && own[name] !== value && !/vulkan|num_threads|^kernels$/.test(name),
  )
  return [
    ...set.map(([name, value]) => `net.opt.${name} = ${value};`),
    `net.opt.num_threads = ${effective.threads};`,
  ]
}

const backendWords: Readonly<Record<string, string>> = {
  precision: 'Precision',
  memory: 'Memory',
  power: 'Power',
}
const inSchedule: ReadonlySet<string> = new Set([
  ...Object.keys(backendWords),
  'numThread',
  'backupType',
  'flags',
  'gpuMode',
  'cpuCoreIds',
  'cacheFile',
])

function mnnOptions({ effective, engineOptions, weights }: ProgramFacts): readonly string[] {
  const { options, threads } = effective
  const asked = new Set(Object.keys(engineOptions).map(plainName))
  const hints = Object.entries(options).filter(
    ([name]) => asked.has(plainName(name)) && !inSchedule.has(name),
  )
  const flags = Number(options.flags ?? 0)
  return [
    ...(weights ? [`net->setExternalFile((folder + ${cString(weights)}).c_str());`] : []),
    ...hints.map(([name, value]) => `net->setSessionHint(MNN::Interpreter::${enumerator(name)}, ${value});`),
    'MNN::BackendConfig backend;',
    ...Object.entries(backendWords).map(
      ([name, type]) =>
        `backend.${name} = MNN::BackendConfig::${type}_${capitalised(String(options[name]))};`,
    ),
    ...(flags === 0 ? [] : [`backend.flags = ${flags};`]),
    'MNN::ScheduleConfig schedule;',
    'schedule.type = MNN_FORWARD_CPU;',
    `schedule.numThread = ${threads};`,
    'schedule.backendConfig = &backend;',
  ]
}

/** `winogradMemoryLevel` is `WINOGRAD_MEMORY_LEVEL`. */
function enumerator(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

/** `low_bf16` is `Low_BF16`. */
function capitalised(word: string): string {
  const [first = '', ...rest] = word.split('_')
  return [first[0]!.toUpperCase() + first.slice(1), ...rest.map((part) => part.toUpperCase())].join('_')
}

function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
