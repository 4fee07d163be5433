import type { NativeGpu } from '../../native.js'
import { packageVersion } from '../../packageVersion.js'
import type { CommandResult } from '../CommandResult.js'
import { describeHost } from './describeHost.js'
import { installedRuntimes } from './installedRuntimes.js'
import { printFindings } from './printFindings.js'
import { runProbe } from './runProbe.js'
import { vulkanVariables } from './vulkanVariables.js'

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
