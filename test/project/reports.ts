// Each of the five founding reports is made anew by its script, and the command that the script ends in names the cause.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { cli } from '../helpers/cli.js'
import { requireAddonIn } from '../helpers/lackingAddon.js'
import { changePack } from '../helpers/packs.js'
import { projectPath } from '../helpers/projectPath.js'
import { sharedModels } from '../helpers/shared.js'

t.setTimeout(600_000)

interface Diagnosis {
  readonly causes: readonly {
    readonly code: string
    readonly confidence: number
    readonly message: string
    readonly evidence: Readonly<Record<string, unknown>>
    readonly fix: { readonly twinfer: string } | null
  }[]
  readonly remedies: readonly {
    readonly mended: boolean
    readonly before: { readonly pass: boolean }
    readonly after: { readonly pass: boolean; readonly sqnrDb: number }
  }[]
}

const models = sharedModels()

/** Runs the script of a report in a folder of the test and gives the arguments of the command in its last line. */
function make(report: string, folder: string): string[] {
  const script = projectPath(`examples/reports/${report}/make.mjs`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], {
    encoding: 'utf8',
    env: { ...process.env, ...(models !== undefined && { TWINFER_SHARED: dirname(models) }) },
  })
  requireAddonIn({ stdout, stderr }, {})
  if (status !== 0) throw new Error(`expected ${script} to run, received exit code ${status}: ${stderr}`)
  const [program, command, ...args] = stdout.trimEnd().split('\n').at(-1)!.split(' ')
  if (program !== 'twinfer' || command !== 'diagnose')
    throw new Error(`expected a command, received ${stdout}`)
  return args
}

/** With more time than the other commands have: a picture is traced back, which a busy machine takes long for. */
function diagnose(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [projectPath('bin/twinfer.js'), 'diagnose', ...args, '--json'],
    { encoding: 'utf8', timeout: 150_000, maxBuffer: 1 << 28 },
  )
  requireAddonIn({ stdout, stderr }, {})
  if (status === null) throw new Error(`expected an answer in 150 s, received none: ${stderr}`)
  const { causes, remedies } = JSON.parse(stdout) as Diagnosis
  return { status, causes, remedies, codes: causes.map(({ code }) => code) }
}

t.test('0: width and height of the source exchanged, and BGR for RGB', async (t) => {
  const { status, codes, causes } = diagnose(make('0-resize', t.testdir()))
  t.same(codes.toSorted(), ['PREPROC_CHANNEL_ORDER', 'PREPROC_SOURCE_STRIDE_SWAPPED'])
  t.equal(status, 1)
  for (const { fix } of causes) t.ok(fix, 'the line that mends it is said')
})

const noUnet = models === undefined && { skip: 'no ../shared/models beside the project' }

t.test('1: a file newer than the engine, and NC4HW4 read as NCHW', noUnet || {}, async (t) => {
  const { codes, causes } = diagnose(make('1-segmentation', t.testdir()))
  t.same(codes.toSorted(), ['LAYOUT_MISREAD', 'VERSION_SKEW'])
  const layout = causes.find(({ code }) => code === 'LAYOUT_MISREAD')
  t.match(JSON.stringify(layout), /NC4HW4/)
})

t.test('1: a pack that another version of the engine recorded', noUnet || {}, async (t) => {
  const pack = join(t.testdir(), 'golden.twin')
  const network = join(models!, 'tiny-unet')
  const recorded = cli(['record', join(network, 'model.mnn'), '-i', join(network, 'input.npy'), '-o', pack])
  t.equal(recorded.status, 0, recorded.stderr)
  await changePack(pack, (name, content) => {
    if (name !== 'manifest.json') return content
    const manifest = JSON.parse(content.toString()) as { recorded: { versions: { engine: string } } }
    manifest.recorded.versions.engine = '2.9.0'
    return Buffer.from(JSON.stringify(manifest))
  })
  const { causes, codes } = diagnose([join(network, 'model.mnn'), '--reference', pack])
  t.equal(codes[0], 'VERSION_SKEW')
  t.match(JSON.stringify(causes[0]), /2\.9\.0/)
})

t.test('2: fp16 on the phone, and nothing else', async (t) => {
  const { status, codes, causes } = diagnose(make('2-embedding', t.testdir()))
  t.same(codes, ['PRECISION_EXPECTED'])
  t.match(JSON.stringify(causes[0]), /fp16/)
  t.equal(status, 0, 'no fault')
})

t.test('3: the numbers of ImageNet for those of the model', async (t) => {
  const { codes, causes } = diagnose(make('3-vit', t.testdir()))
  t.same(codes.filter((code) => code !== 'PREPROC_INTERPOLATION').toSorted(), [
    'PREPROC_CROP',
    'PREPROC_MEAN_STD',
  ])
  const { evidence } = causes.find(({ code }) => code === 'PREPROC_MEAN_STD')!
  const { golden } = evidence as {
    golden: { scale?: number; mean: number | number[]; std: number | number[] }
  }
  const inPixels = (value: number | number[]) => [value].flat().map((number) => number / (golden.scale ?? 1))
  for (const mean of inPixels(golden.mean)) t.ok(Math.abs(mean / 127 - 1) < 0.005, `mean ${mean}`)
  for (const std of inPixels(golden.std)) t.ok(Math.abs(std / 128 - 1) < 0.005, `std ${std}`)
})

t.test('4: weights moved by one, NaN in front', async (t) => {
  const folder = t.testdir()
  const { status, codes, causes, remedies } = diagnose([
    ...make('4-weights', folder),
    '--fix',
    join(folder, 'fixed'),
  ])
  t.equal(codes[0], 'WEIGHTS_SHIFTED')
  t.match(JSON.stringify(causes[0]), /convrelu_0/)
  t.equal(status, 1)
  t.match(remedies, [{ mended: true, before: { pass: false }, after: { pass: true } }])
  t.ok(remedies[0]!.after.sqnrDb > 70, 'with the weights of the original, as good as a new conversion')
})

t.test('every folder of examples/reports has its test and its command', async (t) => {
  const folders = readdirSync(projectPath('examples/reports'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  const here = readFileSync(projectPath('test/project/reports.ts'), 'utf8')
  t.equal(folders.length, 5)
  for (const { name } of folders) {
    t.ok(here.includes(`make('${name}'`), name)
    const story = readFileSync(projectPath(`examples/reports/${name}/README.md`), 'utf8')
    t.match(story, /^twinfer diagnose /m, `${name} ends in a command`)
  }
})
