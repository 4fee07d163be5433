// The built files themselves: what they export and need decides where they load.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import t from 'tap'
import { isOlder, noReadelf, readElf } from '../helpers/elf.js'
import { projectPath } from '../helpers/projectPath.js'

const MB = 1e6
/** Stripped, as they are published. The engines make up nearly all of it; the rules of cpp/format brought 0.4 MB. */
const largest: Readonly<Record<string, number>> = {
  'linux-x64': 31 * MB,
  'linux-arm64': 17 * MB,
  'linux-arm': 11 * MB,
}
/** Node.js 20 itself needs glibc 2.28; its oldest systems come with GCC 4.8 or newer. */
const newest: Readonly<Record<string, string>> = { GLIBC: '2.28', GCC: '4.8' }

/**
 * Whose symbols the addon may leave undefined. One more makes it fail where it is used, not where it is linked: all
 * of OpenMP that the engines call is cpp/openmp, so a GOMP_… here is one that a new engine has begun to call.
 */
const expected: Readonly<Record<string, RegExp>> = {
  'Node-API': /^(napi|node_api)_\w+$/,
  'the C library and its vector functions': /@GLIBC_[\d.]+$/,
  "GCC's runtime": /@GCC_[\d.]+$/,
  'what the compiler mentions and does not need':
    /^(_ITM_(de)?registerTMCloneTable|__gmon_start__|__cxa_pure_virtual|_ZTHN7twinfer6openmp5placeE)$/,
}
/** What no inference needs of the C library; posix_spawn is for isolated models (cpp/isolate), with a program and no shell. */
const unwanted = /^(socket|connect|getaddrinfo|system|popen|fork|vfork|exec\w+|posix_spawnp)@/

const built = process.env.TWINFER_ADDON ?? projectPath('build/Release/twinfer.node')
const prebuilt = readdirSync(projectPath('prebuilds'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.node'))
  .map((file) => projectPath(`prebuilds/${file}`))

for (const file of [built, ...prebuilt]) {
  const target = prebuilt.includes(file) ? basename(dirname(file)) : 'this machine'
  const reason = noReadelf ?? (existsSync(file) ? undefined : 'there is none')

  t.test(`the addon for ${target}`, reason ? { skip: reason } : {}, async (t) => {
    const { needed, exported, undefined: missing, versions, stack, stripped } = readElf(file)

    t.test('has no executable stack, though MNN’s assembly asks for it (H13)', async (t) => {
      t.equal(stack, 'RW')
    })

    t.test('exports only the Node-API entry', async (t) => {
      t.same(exported, ['napi_register_module_v1', 'node_api_module_get_api_version_v1'])
    })

    t.test('needs nothing that Node itself does not need, nor a newer version of it', async (t) => {
      if (file.includes('Sanitize')) return t.pass('a sanitized build needs its runtime', { skip: true })
      const allowed = /^(libc|libm|libmvec|libgcc_s|libpthread|libdl|ld-linux.*)\.so/
      t.same(
        needed.filter((name) => !allowed.test(name)),
        [],
      )
      t.ok(Object.keys(versions).length > 0)
      for (const [family, version] of Object.entries(versions))
        t.notOk(isOlder(newest[family] ?? '0', version), `${family}_${version}`)
    })

    t.test('leaves to others only what Node, the C library and the compiler have', async (t) => {
      if (file.includes('Sanitize')) return t.pass('a sanitized build needs its runtime', { skip: true })
      const known = Object.values(expected)
      t.ok(missing.length > 100, 'symbols are found')
      t.same(
        missing.filter((name) => !known.some((pattern) => pattern.test(name)) || unwanted.test(name)),
        [],
      )
    })

    t.test('is stripped and small', async (t) => {
      if (!prebuilt.includes(file)) return t.pass('a development build keeps its symbols', { skip: true })
      t.ok(stripped)
      t.ok(statSync(file).size <= largest[target]!, `${statSync(file).size} bytes`)
    })
  })
}

t.test('there are prebuilt addons', prebuilt.length ? {} : { skip: 'run `npm run prebuild`' }, async (t) => {
  t.ok(prebuilt.every((file) => /twinfer(\.armv7)?\.glibc\.node$/.test(file)))
})
