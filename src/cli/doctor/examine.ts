import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatBytes } from '../../format/numbers.js'
import { linesOf, paint } from '../../format/visibleText.js'
import type { NativeCpu } from '../../native/NativeNcnn.js'
import type { NativeGpu } from '../../native/NativeRunner.js'
import { runtimePackages } from '../../onnx/runtime/loadRuntime.js'
import { packageVersion } from '../../packageVersion.js'
import { crashOf } from '../../process/childProcesses.js'
import { renderTable } from '../../report/renderTable.js'
import type { CommandResult } from '../CommandResult.js'
import { describeHost, type HostFindings, type ProbeFindings, type Problem } from './Findings.js'

/** `twinfer doctor`. Works, and is most useful, where the addon does not load. */
export async function examine(): Promise<CommandResult> {
  const host = describeHost()
  const { path, versions, cpu, vulkanLibrary, gpus = {}, problems } = await runProbe()
  const loaded = versions !== undefined
  const runtimes = installedRuntimes()
  const document = {
    ok: loaded && problems.length === 0,
    twinfer: packageVersion(),
    host,
    addon: { loaded, path: path ?? null },
    engines: {
      ncnn: versions?.ncnn ?? null,
      mnn: versions?.mnn ?? null,
      /** Of the one that runs an .onnx. */
      onnxruntime: runtimes[0]?.version ?? null,
    },
    /** The onnxruntime packages that are installed, in the order in which they are tried. */
    runtimes,
    compiler: versions?.compiler ?? null,
    cpu: cpu ?? null,
    vulkan: { library: vulkanLibrary || null, variables: vulkanVariables() },
    gpus: [...listOf('ncnn', gpus.ncnn), ...listOf('mnn', gpus.mnn)],
    problems,
  }
  return { exitCode: loaded ? 0 : 2, document, text: printFindings(document) }
}

const listOf = (engine: 'ncnn' | 'mnn', gpus: readonly NativeGpu[] = []) =>
  gpus.map((gpu) => ({ engine, ...gpu }))

/** A driver that hangs must not hang the command that is asked why. */
const mostMs = 30_000

const defaultScript = fileURLToPath(new URL('./probe.js', import.meta.url))

type Message = Partial<Omit<ProbeFindings, 'problems'>> & { readonly problem?: Problem }

/** Loads the addon in a child process and collects what it says. Never throws: a crash is a finding. */
export function runProbe(script = defaultScript): Promise<ProbeFindings> {
  return new Promise((resolve) => {
    const child = fork(script, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], timeout: mostMs })
    let found: Omit<ProbeFindings, 'problems'> = {}
    let printed = ''
    const problems: Problem[] = []
    child.stderr?.on('data', (chunk) => {
      printed = (printed + chunk).slice(-2000)
    })
    child.on('message', ({ problem, ...finding }: Message) => {
      if (problem) problems.push(problem)
      found = { ...found, ...finding }
    })
    child.once('error', (error) =>
      problems.push({ message: error.message, help: 'Node could not start itself.' }),
    )
    child.once('close', (code, signal) => {
      const crash = crashOf(code, signal) ?? (code === 0 ? undefined : `exit code ${code}`)
      if (crash !== undefined) problems.push(explainCrash(crash, found, printed.trim()))
      resolve({ ...found, problems })
    })
  })
}

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

/** An installed onnxruntime: the package that would run an .onnx, and its version. */
export interface InstalledRuntime {
  readonly package: string
  readonly version: string
}

/** Those of the optional packages that are installed, found as `importPackage` finds them, in the order of use. */
export function installedRuntimes(): readonly InstalledRuntime[] {
  return runtimePackages.flatMap(({ name }) => {
    const version = versionOf(name)
    return version === null ? [] : [{ package: name, version }]
  })
}

/** From the package's own file: onnxruntime-web does not export its package.json. */
function versionOf(name: string): string | null {
  for (const base of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      const version = versionAbove(dirname(createRequire(base).resolve(name)), name)
      if (version !== null) return version
    } catch {}
  }
  return null
}

function versionAbove(folder: string, name: string): string | null {
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    const found = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly name?: string
      readonly version?: string
    }
    if (found.name === name) return found.version ?? ''
  }
  const parent = dirname(folder)
  return parent === folder ? null : versionAbove(parent, name)
}

/** What tells the Vulkan loader, and ncnn, which drivers there are. */
const names = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES', 'NCNN_VULKAN_DRIVER']

/** Those of them that are set. */
export function vulkanVariables(): Readonly<Record<string, string>> {
  const set = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(set)
}

export interface Diagnosis {
  readonly ok: boolean
  readonly twinfer: string
  readonly host: HostFindings
  readonly addon: { readonly loaded: boolean; readonly path: string | null }
  readonly engines: Readonly<Record<'ncnn' | 'mnn' | 'onnxruntime', string | null>>
  readonly runtimes: readonly InstalledRuntime[]
  readonly compiler: string | null
  readonly cpu: NativeCpu | null
  readonly vulkan: { readonly library: string | null; readonly variables: Readonly<Record<string, string>> }
  readonly gpus: readonly (NativeGpu & { readonly engine: 'ncnn' | 'mnn' })[]
  readonly problems: readonly Problem[]
}

/** What `twinfer doctor` shows to a person. */
export function printFindings(diagnosis: Diagnosis): string {
  const { host, engines, cpu, problems, twinfer, addon, compiler } = diagnosis
  const rows = [
    ['twinfer', twinfer],
    [
      'platform',
      [`${host.platform}-${host.arch}`, host.libc && `${host.libc.name} ${host.libc.version}`]
        .filter(Boolean)
        .join(', '),
    ],
    ['Node', `${host.node} (Node-API ${host.napi})`],
    ['CPU', `${host.cpuModel}, ${coresOf(cpu, host)}, ${formatBytes(host.memoryBytes)} memory`],
    ['CPU features', featuresOf(cpu, host)],
    ['addon', addon.loaded ? `loaded${compiler ? ` (built with ${compiler})` : ''}` : 'not loaded'],
    ['addon file', addon.path ?? 'none found'],
    ['ncnn', engines.ncnn ?? 'not loaded'],
    ['MNN', engines.mnn ?? 'not loaded'],
    ...runtimeRows(diagnosis),
    ['Vulkan loader', loaderOf(diagnosis)],
    ['GPUs of ncnn', gpusOf(diagnosis, 'ncnn')],
    ['GPUs of MNN', gpusOf(diagnosis, 'mnn')],
  ]
  const verdict = diagnosis.ok ? paint('green', 'Everything is ready.') : paint('red', 'Something is wrong:')
  return linesOf([
    renderTable([{ title: 'what' }, { title: 'found' }], rows),
    '',
    verdict,
    ...problems.flatMap(({ message, help }) => [`- ${message}`, `  ${help}`]),
  ])
}

/** Either package does; native code is the faster one. */
function runtimeRows({ runtimes }: Diagnosis): string[][] {
  if (runtimes.length > 0) return runtimes.map(({ package: name, version }) => [name, version])
  return [['onnxruntime', 'neither onnxruntime-node nor onnxruntime-web (only .onnx references need one)']]
}

function coresOf(cpu: NativeCpu | null, host: HostFindings): string {
  if (!cpu) return `${host.logicalCpus} logical CPUs`
  return `${cpu.cores} logical CPUs, ${cpu.physicalCores} cores, ${cpu.bigCores} of them big`
}

function loaderOf({ addon, vulkan }: Diagnosis): string {
  if (!addon.loaded) return 'unknown without the addon'
  const library = vulkan.library ?? 'neither libvulkan.so nor libvulkan.so.1 was found'
  return [library, ...Object.entries(vulkan.variables).map(([name, value]) => `${name}=${value}`)].join(', ')
}

function gpusOf({ addon, gpus }: Diagnosis, wanted: 'ncnn' | 'mnn'): string {
  if (!addon.loaded) return 'unknown without the addon'
  const own = gpus.filter(({ engine }) => engine === wanted)
  return own.map(describeGpu).join('; ') || 'none found'
}

function describeGpu({ index, name, type, apiVersion, fp16Storage, fp16Arithmetic }: NativeGpu): string {
  const fp16 = fp16Arithmetic ? 'fp16' : fp16Storage ? 'fp16 storage only' : 'no fp16'
  return `vulkan:${index} ${name} (${type}, Vulkan ${apiVersion}, ${fp16})`
}

function featuresOf(cpu: NativeCpu | null, host: HostFindings): string {
  if (!cpu) return host.cpuFlags.join(' ') || 'unknown without the addon'
  const present = Object.entries(cpu.features).filter(([, has]) => has)
  return present.map(([name]) => name).join(' ') || 'none beyond the baseline'
}
