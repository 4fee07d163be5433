// Which Vulkan device runs, and what is said where there is none. Drivers are chosen through the environment
// that the Vulkan loader reads, so each case has a process of its own.
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fixture } from '../helpers/fixtures.js'
import { needsVulkan } from '../helpers/needsVulkan.js'
import { engineFiles, engines } from '../helpers/networks.js'
import { runScript } from '../helpers/runScript.js'

interface Opened {
  readonly code?: string
  readonly message?: string
  readonly help?: string
  readonly effective?: {
    readonly backend: string
    readonly device: string
    readonly notes: readonly string[]
  }
}

/** Opens digits8-cnn on both engines with these options, under this environment. */
function openBoth(options: object, env: Record<string, string> = {}): Record<'ncnn' | 'mnn', Opened> {
  const files = engines.map((engine) => [engine, fixture(`digits8-cnn/${engineFiles[engine]}`)])
  const { stdout, signal, stderr } = runScript(
    `
    import { open, readNpy } from 'twinfer'
    const input = await readNpy(${JSON.stringify(fixture('digits8-cnn/input.npy'))})
    const found = {}
    for (const [engine, file] of ${JSON.stringify(files)}) {
      try {
        const model = await open(file, ${JSON.stringify(options)})
        await model.run(input)
        found[engine] = { effective: model.effective }
      } catch ({ code, message, help }) {
        found[engine] = { code, message, help }
      }
    }
    console.log(JSON.stringify(found))
    `,
    env,
  )
  t.equal(signal, null, 'never a crash')
  t.equal(stderr, '')
  return JSON.parse(stdout)
}

const manifests = '/usr/share/vulkan/icd.d'

/** The driver library of lavapipe, of which a copy is a second device. */
function lavapipe(): { manifest: string; library: string } | undefined {
  const name = existsSync(manifests) && readdirSync(manifests).find((file) => file.startsWith('lvp_icd.'))
  if (!name) return undefined
  const manifest = join(manifests, name)
  const { ICD } = JSON.parse(readFileSync(manifest, 'utf8')) as { ICD: { library_path: string } }
  return existsSync(ICD.library_path) ? { manifest, library: ICD.library_path } : undefined
}

t.test('without a driver, vulkan is an error that tells what was looked for', async (t) => {
  const folder = t.testdir({ 'corrupt.json': '{"ICD": {"library_path": ' })
  for (const file of [join(folder, 'nowhere.json'), join(folder, 'corrupt.json')]) {
    for (const [engine, opened] of Object.entries(
      openBoth({ device: 'vulkan' }, { VK_ICD_FILENAMES: file }),
    )) {
      t.equal(opened.code, 'TWINFER_DEVICE_UNAVAILABLE', engine)
      t.match(opened.message, /expected a Vulkan device for .*, received none: .*libvulkan/)
      t.match(opened.help, /device 'cpu', or 'auto'/)
    }
  }
})

t.test('without a driver, auto runs on the CPU and says why', async (t) => {
  const opened = openBoth({ device: 'auto' }, { VK_ICD_FILENAMES: '/nowhere.json' })
  for (const [engine, { effective }] of Object.entries(opened)) {
    t.match(effective?.backend, /^cpu/, engine)
    t.match(effective?.notes[0], /^requested device auto → active cpu: expected a Vulkan device/)
  }
})

t.test('auto takes the GPU where there is one, without a note about it', needsVulkan, async (t) => {
  for (const { effective } of Object.values(openBoth({ device: 'auto' }))) {
    t.equal(effective?.backend, 'vulkan')
    t.notMatch(effective?.notes.join('\n'), /auto/)
  }
})

t.test('an index that no device has is refused with those that exist', needsVulkan, async (t) => {
  for (const opened of Object.values(openBoth({ device: 'vulkan:99' }))) {
    t.match(opened, { code: 'TWINFER_DEVICE_UNAVAILABLE', message: /\(vulkan:0 .*\), received vulkan:99/ })
  }
  const { ncnn } = openBoth({ device: 'vulkan', engineOptions: { vulkan_device_index: 99 }, engine: 'ncnn' })
  t.match(ncnn, { code: 'TWINFER_DEVICE_UNAVAILABLE' }, "ncnn's own option as well")
})

t.test('with two devices, vulkan:1 is the second one on both engines', needsVulkan, async (t) => {
  const driver = lavapipe()
  if (driver === undefined) return t.pass('needs lavapipe', { skip: true })
  const copy = join(t.testdir({}), 'libsecond.so')
  copyFileSync(driver.library, copy)
  const second = join(
    t.testdir({
      'second.json': JSON.stringify({
        file_format_version: '1.0.0',
        ICD: { library_path: copy, api_version: '1.1.0' },
      }),
    }),
    'second.json',
  )
  copyFileSync(driver.library, copy)
  const env = { VK_ICD_FILENAMES: `${driver.manifest}:${second}` }
  for (const { effective, message } of Object.values(openBoth({ device: 'vulkan:1' }, env))) {
    t.match(effective?.device, /^vulkan:1 /, message ?? 'it opened')
  }
})

t.test('a device that is no device is a wrong option', async (t) => {
  for (const device of ['gpu', 'vulkan:', 'vulkan:-1', 'vulkan:x', 'vulkan:99999999999']) {
    for (const opened of Object.values(openBoth({ device })))
      t.equal(opened.code, 'TWINFER_INVALID_OPTION', device)
  }
})
