import type { NativeCpu, NativeGpu } from '../../native.js'
import { formatBytes, paint, renderTable } from '../../report/index.js'
import type { HostFindings, Problem } from './Findings.js'

export interface Diagnosis {
  readonly ok: boolean
  readonly twinfer: string
  readonly host: HostFindings
  readonly addon: { readonly loaded: boolean }
  readonly engines: Readonly<Record<'ncnn' | 'mnn' | 'onnxruntime', string | null>>
  readonly compiler: string | null
  readonly cpu: NativeCpu | null
  readonly gpus: readonly NativeGpu[]
  readonly problems: readonly Problem[]
}

/** What `twinfer doctor` shows to a person. */
export function printFindings(diagnosis: Diagnosis): string {
  const { host, engines, cpu, gpus, problems, twinfer, addon, compiler } = diagnosis
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
    ['CPU features', featuresOf(cpu)],
    ['addon', addon.loaded ? `loaded${compiler ? ` (built with ${compiler})` : ''}` : 'not loaded'],
    ['ncnn', engines.ncnn ?? 'not loaded'],
    ['MNN', engines.mnn ?? 'not loaded'],
    ['onnxruntime-node', engines.onnxruntime ?? 'not installed (only .onnx references need it)'],
    ['GPUs', gpus.map(({ index, name }) => `${index}: ${name}`).join(', ') || 'none found'],
  ]
  const verdict = diagnosis.ok ? paint('green', 'Everything is ready.') : paint('red', 'Something is wrong:')
  return [
    renderTable([{ title: 'what' }, { title: 'found' }], rows),
    '',
    verdict,
    ...problems.flatMap(({ message, help }) => [`- ${message}`, `  ${help}`]),
  ].join('\n')
}

function coresOf(cpu: NativeCpu | null, host: HostFindings): string {
  if (!cpu) return `${host.logicalCpus} logical CPUs`
  return `${cpu.cores} logical CPUs, ${cpu.physicalCores} cores, ${cpu.bigCores} of them big`
}

function featuresOf(cpu: NativeCpu | null): string {
  if (!cpu) return 'unknown without the addon'
  const present = Object.entries(cpu.features).filter(([, has]) => has)
  return present.map(([name]) => name).join(' ') || 'none beyond the baseline'
}
