import { arch, cpus, platform, totalmem } from 'node:os'
import type { HostFindings } from './Findings.js'

export function describeHost(): HostFindings {
  return {
    platform: platform(),
    arch: arch(),
    libc: libc(),
    node: process.version,
    napi: process.versions.napi ?? '',
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    logicalCpus: cpus().length,
    memoryBytes: totalmem(),
  }
}

interface Report {
  readonly header: { readonly glibcVersionRuntime?: string }
  readonly sharedObjects?: readonly string[]
}

/** Only a Node linked against glibc reports its version; musl shows in the name of the loader. */
function libc(): HostFindings['libc'] {
  if (platform() !== 'linux' || !process.report) return null
  const { header, sharedObjects = [] } = process.report.getReport() as unknown as Report
  if (header.glibcVersionRuntime) return { name: 'glibc', version: header.glibcVersionRuntime }
  return sharedObjects.some((file) => file.includes('ld-musl')) ? { name: 'musl', version: '' } : null
}
