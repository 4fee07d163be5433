import { arch, cpus, platform, totalmem } from 'node:os'
import { cpuFlags } from '../../native/load/cpuFlags.js'
import { hostLibc } from '../../native/load/hostLibc.js'
import type { HostFindings } from './Findings.js'

export function describeHost(): HostFindings {
  return {
    platform: platform(),
    arch: arch(),
    libc: hostLibc(),
    node: process.version,
    napi: process.versions.napi ?? '',
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    cpuFlags: cpuFlags(),
    logicalCpus: cpus().length,
    memoryBytes: totalmem(),
  }
}
