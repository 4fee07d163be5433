import { join } from 'node:path'
import t from 'tap'
import { installedRuntimes, printFindings, runProbe } from '../../dist/cli/doctor/examine.js'
import { cli, cliJson } from '../helpers/cli.js'
import { missingRuntime } from '../helpers/onnxRuntimes.js'

interface DoctorJson {
  readonly ok: boolean
  readonly host: { readonly platform: string; readonly arch: string; readonly node: string }
  readonly addon: { readonly loaded: boolean; readonly path: string | null }
  readonly engines: { readonly ncnn: string | null; readonly mnn: string | null }
  readonly cpu: { readonly features: Record<string, boolean>; readonly cores: number } | null
  readonly gpus: readonly unknown[]
  readonly problems: readonly { readonly message: string; readonly help: string }[]
}

t.test('doctor tells the platform, the engines and the CPU', async (t) => {
  const { status, json, stderr } = cliJson<DoctorJson>(['doctor'])
  t.equal(status, 0)
  t.equal(stderr, '')
  t.match(json.host, { platform: process.platform, arch: process.arch, node: process.version })
  t.match(json.addon, { loaded: true, path: /twinfer.*\.node$/ })
  t.match(json.engines.ncnn, /20261020/)
  t.match(json.engines.mnn, /^3\.6\.1/)
  t.ok(json.cpu && Object.keys(json.cpu.features).length > 0)
  t.ok(json.cpu && json.cpu.cores >= 1)
  t.type(json.gpus, Array)
})

t.test('doctor is readable without --json', async (t) => {
  const { status, stdout } = cli(['doctor'])
  t.equal(status, 0)
  for (const line of [
    /^platform +/m,
    /^ncnn +\S/m,
    /^MNN +3\.6\.1/m,
    /^Vulkan loader +/m,
    /^GPUs of ncnn +/m,
    /^GPUs of MNN +/m,
  ])
    t.match(stdout, line)
})

t.test('doctor names the onnxruntime that is there', async (t) => {
  const folder = t.testdir({
    'package.json': '{}',
    node_modules: {
      'onnxruntime-node': {
        'package.json': '{"name":"onnxruntime-node","version":"9.8.7","exports":{".":"./dist/index.js"}}',
        dist: { 'index.js': '' },
      },
    },
  })
  const installed = ['node', 'web'].filter((runtime) => missingRuntime(runtime as 'node' | 'web') === false)
  const here = printFindings({ ...diagnosis, runtimes: installedRuntimes() })
  for (const runtime of installed) t.match(here, new RegExp(`^onnxruntime-${runtime} +\\d+\\.\\d+`, 'm'))
  const none = printFindings({ ...diagnosis, runtimes: [] })
  t.match(none, /^onnxruntime +neither onnxruntime-node nor onnxruntime-web/m)
  if (installed.includes('node')) return
  const before = process.cwd()
  process.chdir(folder)
  t.match(installedRuntimes(), [{ package: 'onnxruntime-node', version: '9.8.7' }])
  process.chdir(before)
})

const diagnosis = {
  ok: true,
  twinfer: '1',
  host: {
    platform: 'linux',
    arch: 'x64',
    libc: null,
    node: 'v20',
    napi: '9',
    cpuModel: '',
    cpuFlags: [],
    logicalCpus: 1,
    memoryBytes: 1,
  },
  addon: { loaded: false, path: null },
  engines: { ncnn: null, mnn: null, onnxruntime: null },
  compiler: null,
  cpu: null,
  vulkan: { library: null, variables: {} },
  gpus: [],
  problems: [],
}

t.test('where the addon does not load, doctor says why and exits with 2', async (t) => {
  const env = { TWINFER_ADDON: join(t.testdir({ 'broken.node': 'no addon' }), 'broken.node') }
  const { status, json } = cliJson<DoctorJson>(['doctor'], { env })
  t.equal(status, 2)
  t.equal(json.ok, false)
  t.equal(json.addon.loaded, false)
  t.match(json.host, { platform: process.platform }, 'the rest is still told')
  t.match(json.problems, [{ message: /TWINFER_NATIVE_LOAD_FAILED/ }])
  t.notMatch(json.problems[0]?.help, /twinfer doctor/, 'no advice to run what is running')
})

t.test('a crash while loading becomes a sentence, and keeps what was found before it', async (t) => {
  const folder = t.testdir({
    'illegal.mjs': `process.kill(process.pid, 'SIGILL'); setTimeout(() => {}, 10000)`,
    'driver.mjs': `process.send({ versions: { ncnn: '1', mnn: '2', compiler: '' } })
process.send({ cpu: { features: {}, cores: 1, bigCores: 1, physicalCores: 1 } }, () => process.abort())`,
    'exits.mjs': `process.stderr.write('cannot open shared object'); process.exit(7)`,
  })
  const illegal = await runProbe(join(folder, 'illegal.mjs'))
  t.match(illegal.problems, [
    {
      message: /loading the addon ended with SIGILL.*this CPU does not have/,
      help: /build it on this machine/,
    },
  ])
  const driver = await runProbe(join(folder, 'driver.mjs'))
  t.match(driver, {
    versions: { ncnn: '1' },
    problems: [{ message: /looking for GPUs ended with SIGABRT/, help: /--device cpu/ }],
  })
  const exits = await runProbe(join(folder, 'exits.mjs'))
  t.match(exits.problems, [{ message: /exit code 7: cannot open shared object/ }])
})
