import { formatBytes } from '../../format/numbers.js'
import type { NativeCpu, NativeGpu } from '../../native.js'
import { paint, renderTable } from '../../report/index.js'
import type { HostFindings, Problem } from './Findings.js'
import type { InstalledRuntime } from './installedRuntimes.js'

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
  return [
    renderTable([{ title: 'what' }, { title: 'found' }], rows),
    '',
    verdict,
    ...problems.flatMap(({ message, help }) => [`- ${message}`, `  ${help}`]),
  ].join('\n')
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
