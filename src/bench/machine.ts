import { readdirSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { type CpuIdentity, cpuIdentity, hostLibc } from '../native/load/host.js'
import { packageVersion } from '../packageVersion.js'

/** How the machine was while something was measured; null where the system does not tell. */
export interface MachineState {
  /** Of one minute. */
  readonly load: number | null
  /** The slowest and the fastest core. */
  readonly mhz: readonly [lowest: number, highest: number] | null
  /** Of the hottest sensor. */
  readonly temperatureC: number | null
}

export interface Machine {
  readonly cpu: CpuIdentity
  readonly memoryBytes: number
  readonly platform: string
  readonly node: string
  readonly twinfer: string
  /** Versions of the engines that ran. */
  readonly engines: Readonly<Record<string, string>>
  /** What decides about the frequency: `performance`, `schedutil`, … */
  readonly governor: string | null
  readonly before: MachineState
  readonly after: MachineState
  /** Times that the processor, or a limit of a container, slowed itself down meanwhile. */
  readonly throttled: number | null
  /** The share of the time that a hypervisor gave to others meanwhile. */
  readonly stolen: number | null
}

/** Looks at the machine now, and again when it is told to. `root` is for tests: where /proc and /sys are. */
export function watchMachine(root = '/'): (engines: Readonly<Record<string, string>>) => Machine {
  const before = stateOf(root)
  const [throttlesBefore, ticksBefore] = [throttlesOf(root), ticksOf(root)]
  return (engines) => {
    const libc = hostLibc()
    return {
      cpu: cpuIdentity(),
      memoryBytes: totalmem(),
      platform: [process.platform, process.arch, libc && `${libc.name} ${libc.version}`.trim()]
        .filter(Boolean)
        .join(' '),
      node: process.versions.node,
      twinfer: packageVersion(),
      engines,
      governor: read(root, 'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
      before,
      after: stateOf(root),
      throttled: difference(throttlesBefore, throttlesOf(root)),
      stolen: stolenShare(ticksBefore, ticksOf(root)),
    }
  }
}

/** How the machine is now. */
export function stateOf(root = '/'): MachineState {
  const [first] = read(root, 'proc/loadavg')?.split(' ') ?? []
  const temperatures = listed(root, 'sys/class/thermal', /^thermal_zone\d+$/)
    .flatMap((zone) => numberIn(root, `sys/class/thermal/${zone}/temp`) ?? [])
    .filter((value) => value > 0)
  return {
    load: first === undefined ? null : Number(first),
    mhz: frequencies(root),
    temperatureC: temperatures.length === 0 ? null : Math.max(...temperatures) / 1000,
  }
}

function frequencies(root: string): MachineState['mhz'] {
  const scaled = cpuFolders(root).flatMap((cpu) => {
    const khz = numberIn(root, `sys/devices/system/cpu/${cpu}/cpufreq/scaling_cur_freq`)
    return khz === null ? [] : [khz / 1000]
  })
  const listedMhz = [...(read(root, 'proc/cpuinfo') ?? '').matchAll(/^cpu MHz\s*: ([\d.]+)$/gm)]
  const all = scaled.length > 0 ? scaled : listedMhz.map(([, mhz]) => Number(mhz))
  return all.length === 0 ? null : [Math.round(Math.min(...all)), Math.round(Math.max(...all))]
}

/** Of x86 cores, of the firmware of a Raspberry Pi (bits), and of the container's share of the CPU. */
function throttlesOf(root: string): number | null {
  const cores = cpuFolders(root).flatMap(
    (cpu) => numberIn(root, `sys/devices/system/cpu/${cpu}/thermal_throttle/core_throttle_count`) ?? [],
  )
  const firmware = read(root, 'sys/devices/platform/soc/soc:firmware/get_throttled')
  const [, group] = /^nr_throttled (\d+)$/m.exec(read(root, 'sys/fs/cgroup/cpu.stat') ?? '') ?? []
  const known = [
    ...cores,
    ...(firmware === null ? [] : [Number.parseInt(firmware, 16) & 0xf ? 1 : 0]),
    ...(group === undefined ? [] : [Number(group)]),
  ]
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : Math.max(0, after - before)
}

/** The columns of all CPUs: user, nice, system, idle, iowait, irq, softirq, steal. */
function ticksOf(root: string): readonly number[] | null {
  const [, columns] = /^cpu +(.*)$/m.exec(read(root, 'proc/stat') ?? '') ?? []
  return columns === undefined ? null : columns.split(' ').slice(0, 8).map(Number)
}

function stolenShare(before: readonly number[] | null, after: readonly number[] | null): number | null {
  if (before === null || after === null || after.length < 8) return null
  const passed = after.map((value, at) => value - before[at]!)
  const all = passed.reduce((a, b) => a + b, 0)
  return all > 0 ? passed[7]! / all : null
}

function cpuFolders(root: string): readonly string[] {
  return listed(root, 'sys/devices/system/cpu', /^cpu\d+$/)
}

function listed(root: string, folder: string, wanted: RegExp): readonly string[] {
  try {
    return readdirSync(join(root, folder)).filter((name) => wanted.test(name))
  } catch {
    return []
  }
}

function read(root: string, file: string): string | null {
  try {
    return readFileSync(join(root, file), 'utf8').trim()
  } catch {
    return null
  }
}

function numberIn(root: string, file: string): number | null {
  const text = read(root, file)
  return text === null || text === '' || Number.isNaN(Number(text)) ? null : Number(text)
}
