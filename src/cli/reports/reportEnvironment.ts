import { packageVersion } from '../../packageVersion.js'
import { describeHost } from '../doctor/describeHost.js'

/** What a report says about the machine and the package. The engines' versions are in the settings. */
export function reportEnvironment(): Readonly<Record<string, string>> {
  const { platform, arch, libc, node, cpuModel } = describeHost()
  return {
    twinfer: packageVersion(),
    'Node.js': node.replace(/^v/, ''),
    platform: [platform, arch, libc?.name, libc?.version].filter(Boolean).join(' '),
    CPU: cpuModel,
  }
}
