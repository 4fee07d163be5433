import { cpSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { assignInputs, convertInput } from '../../dist/cli/inputs/assignInputs.js'
import { topValues } from '../../dist/model/topValues.js'
import type { DType, TypedArray } from '../../dist/tensor/DType.js'
import { readNpy } from '../../dist/tensor/npy/readNpy.js'
import { npyFileNames, writeNpy } from '../../dist/tensor/npy/writeNpy.js'
import { Tensor } from '../../dist/tensor/Tensor.js'
import { blobStatistics } from '../../dist/trace/showBlob.js'
import { cli, cliJson, type ErrorJson } from '../helpers/cli.js'
import { fixture } from '../helpers/fixtures.js'
import { projectPath } from '../helpers/projectPath.js'
import { sharedModels } from '../helpers/shared.js'

// Each command line is two processes.
t.setTimeout(180_000)

interface RunJson {
  readonly engine: string
  readonly effective: { readonly precision: string; readonly threads: number }
  readonly timing: Record<'loadMs' | 'runMs' | 'firstMs' | 'minMs' | 'maxMs' | 'repeat', number>
  readonly outputs: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly dtype: string
    readonly min: number
    readonly max: number
    readonly mean: number
    readonly nan: number
    readonly inf: number
    readonly top: readonly { readonly index: number; readonly value: number }[]
    readonly file?: string
  }[]
  readonly zeroCopy: unknown
  readonly warnings: readonly string[]
}

const input = fixture('digits8-cnn/input.npy')
const models = { ncnn: fixture('digits8-cnn/model.ncnn.param'), mnn: fixture('digits8-cnn/model.mnn') }
const names = { ncnn: 'in0', mnn: 'image' }

for (const engine of ['ncnn', 'mnn'] as const) {
  t.test(`${engine}: run describes the output and writes it`, async (t) => {
    const out = join(t.testdir(), 'new', 'folder')
    const args = ['run', models[engine], '-i', `${names[engine]}=${input}`, '-o', out, '--precision', 'fp32']
    const { status, json, stderr } = cliJson<RunJson>(args)
    t.equal(status, 0)
    t.equal(stderr, '')
    t.equal(json.engine, engine)
    t.equal(json.effective.precision, 'fp32')
    t.ok(json.timing.loadMs > 0 && json.timing.runMs > 0)
    const [output] = json.outputs
    t.match(output, { dtype: 'float32', nan: 0, inf: 0 })
    t.equal(output?.top[0]?.index, 2)
    t.ok(Math.abs(output!.top[0]!.value - 6.723896) < 1e-3)
    t.equal(output?.top.length, 5)
    t.equal(output?.max, output?.top[0]?.value)
    const [file] = readdirSync(out)
    t.equal(file, `${output?.name}.npy`)
    t.equal(output?.file, join(out, file!))
    const [written, expected] = [
      await readNpy(join(out, file!)),
      await readNpy(fixture('digits8-cnn/expected.npy')),
    ]
    t.equal(written.length, 10)
    written.data.forEach((value, index) => {
      t.ok(Math.abs(Number(value) - Number(expected.data[index])) < 1e-4, `element ${index}`)
    })
  })

  t.test(`${engine}: an input in order needs no name`, async (t) => {
    const { status, stdout } = cli(['run', models[engine], '-i', input])
    t.equal(status, 0)
    t.match(stdout, /^ +2 +6\.72/m)
  })

  t.test(`${engine}: an unknown input name is refused, also the other engine's`, async (t) => {
    for (const name of [`${names[engine]}x`, engine === 'ncnn' ? 'image' : 'in0']) {
      const { status, json } = cliJson<ErrorJson>(['run', models[engine], '-i', `${name}=${input}`])
      t.equal(status, 2)
      t.equal(json.error.code, 'TWINFER_UNKNOWN_INPUT')
      t.match(json.error.message, names[engine])
    }
    const { json } = cliJson<ErrorJson>(['run', models[engine], '-i', `${names[engine]}x=${input}`])
    t.match(json.error.help, `'${names[engine]}'`, 'the nearest name is suggested')
  })

  t.test(`${engine}: a missing input, an unknown output and a wrong shape are typed errors`, async (t) => {
    const wrong = join(t.testdir(), 'wrong.npy')
    await writeNpy(wrong, Tensor.zeros([1, 3, 8, 8]))
    const codeOf = (...args: string[]) => cliJson<ErrorJson>(['run', models[engine], ...args]).json.error.code
    t.equal(codeOf(), 'TWINFER_MISSING_INPUT')
    t.equal(codeOf('-i', input, '-i', input), 'TWINFER_UNKNOWN_INPUT')
    t.equal(codeOf('-i', input, '--output', 'nosuch'), 'TWINFER_UNKNOWN_OUTPUT')
    t.equal(codeOf('-i', wrong), 'TWINFER_SHAPE_MISMATCH')
    t.equal(codeOf('-i', join(wrong, '..', 'wrnog.npy')), 'TWINFER_FILE_NOT_FOUND')
    t.equal(codeOf('-i', models.mnn), 'TWINFER_NPY_INVALID')
  })

  t.test(`${engine}: float64 and integer inputs are converted, and that is said`, async (t) => {
    const folder = t.testdir()
    const { data, shape } = await readNpy(input)
    await writeNpy(join(folder, 'f8.npy'), new Tensor(Float64Array.from(data as Float32Array), shape))
    await writeNpy(join(folder, 'i4.npy'), new Tensor(Int32Array.from(data as Float32Array), shape))
    const f8 = cliJson<RunJson>(['run', models[engine], '-i', join(folder, 'f8.npy')]).json
    t.equal(f8.outputs[0]?.top[0]?.index, 2)
    t.match(f8.warnings, [/converted float64 to float32/])
    t.match(cliJson<RunJson>(['run', models[engine], '-i', join(folder, 'i4.npy')]).json.warnings, [
      /converted int32 to float32/,
    ])
  })

  t.test(`${engine}: --repeat times each run, --threads and --output are obeyed`, async (t) => {
    const name = engine === 'ncnn' ? 'out0' : 'logits'
    const args = ['run', models[engine], '-i', input, '--repeat', '5', '--threads', '1', '--output', name]
    const { json } = cliJson<RunJson>(args)
    t.equal(json.timing.repeat, 5)
    t.ok(json.timing.minMs <= json.timing.runMs && json.timing.runMs <= json.timing.maxMs)
    t.equal(json.effective.threads, 1)
    t.same(
      json.outputs.map((output) => output.name),
      [name],
    )
  })
}

t.test('folders that cannot be made are an error', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file')
  // Where the system says ENOENT of a folder whose parent is there, Node's own way never ends.
  for (const folder of [join(file, 'out'), ...(existsSync('/proc/self') ? ['/proc/none/out'] : [])]) {
    const { status, json } = cliJson<ErrorJson>(['run', models.ncnn, '-i', input, '-o', folder])
    t.equal(status, 2)
    t.match(json.error, { code: 'TWINFER_FILE_UNREADABLE', message: /cannot write the outputs into/ })
  }
  const deep = join(t.testdirName, 'a/b/c')
  t.equal(cliJson(['run', models.ncnn, '-i', input, '-o', deep]).status, 0)
  t.same(readdirSync(deep), ['out0.npy'])
})

t.test('an input in Fortran order gives the same output on both engines', async (t) => {
  const fortran = fixture('tiny-ecapa-tdnn/input.npy')
  const expected = await readNpy(fixture('tiny-ecapa-tdnn/expected.npy'))
  for (const file of ['model.ncnn.param', 'model.mnn']) {
    const out = t.testdir()
    const args = ['run', fixture(`tiny-ecapa-tdnn/${file}`), '-i', fortran, '-o', out, '--precision', 'fp32']
    t.equal(cli(args).status, 0)
    const written = await readNpy(join(out, readdirSync(out)[0]!))
    const largest = Math.max(
      ...[...expected.data].map((value, i) => Math.abs(Number(value) - Number(written.data[i]))),
    )
    t.ok(largest < 3e-6, `${file}: ${largest}`)
  }
})

t.test('files that are missing or mistaken are explained', async (t) => {
  const folder = copyOfDigits(t)
  const errorOf = (path: string) => cliJson<ErrorJson>(['run', join(folder, path), '-i', input]).json.error
  t.match(errorOf('modle.mnn'), { code: 'TWINFER_FILE_NOT_FOUND', help: /model\.mnn/ })
  t.match(errorOf('.'), { code: 'TWINFER_MODEL_INVALID', message: /is a folder/ })
  t.match(errorOf('model.ncnn.bin'), { code: 'TWINFER_MODEL_INVALID', help: /model\.ncnn\.param/ })
  t.match(errorOf('input.npy'), { code: 'TWINFER_MODEL_INVALID', message: /NumPy array/ })
  renameSync(join(folder, 'model.ncnn.bin'), join(folder, 'model.ncn.bin'))
  t.match(errorOf('model.ncnn.param'), { code: 'TWINFER_FILE_NOT_FOUND', help: /model\.ncn\.bin/ })
  rmSync(join(folder, 'model.ncn.bin'))
  t.match(errorOf('model.ncnn.param'), { code: 'TWINFER_FILE_NOT_FOUND', message: /model\.ncnn\.bin/ })
  cpSync(join(folder, 'model.onnx'), join(folder, 'model.mnn'))
  t.match(errorOf('model.mnn'), {
    code: 'TWINFER_MODEL_INVALID',
    message: /ONNX model that was not converted/,
  })
})

function copyOfDigits(t: Test): string {
  const folder = t.testdir()
  cpSync(fixture('digits8-cnn'), folder, { recursive: true })
  return folder
}

const onnx = ['run', fixture('digits8-cnn/model.onnx'), '-i', input]

t.test('an .onnx runs on whichever onnxruntime is installed', async (t) => {
  const { json } = cliJson<RunJson>(onnx)
  t.equal(json.outputs[0]?.top[0]?.index, 2)
})

const present = existsSync(projectPath('node_modules/onnxruntime-node')) && 'onnxruntime-node is installed'

t.test('an onnxruntime that is asked for and not there is named', { skip: present }, async (t) => {
  const { status, json } = cliJson<ErrorJson>([...onnx, '--engine-option', 'onnx.runtime=node'])
  t.equal(status, 2)
  t.match(json.error, { code: 'TWINFER_MISSING_DEPENDENCY', help: /npm i onnxruntime-node/ })
})

t.test('statistics leave NaN and infinities out and count them', async (t) => {
  t.has(
    blobStatistics(Float64Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -4)),
    {
      min: -4,
      max: 3,
      mean: 0,
      nan: 1,
      inf: 2,
    },
  )
  t.has(blobStatistics(Float64Array.of(Number.NaN)), { min: null, max: null, mean: null, nan: 1, inf: 0 })
  t.has(blobStatistics(Float64Array.of()), { min: null, max: null, mean: null, nan: 0, inf: 0 })
})

t.test('the top values come largest first, ties in their order, never NaN', async (t) => {
  const values = [1, Number.NaN, 5, 2, 5, 0, 3, 4]
  t.same(
    topValues(values).map(({ index }) => index),
    [2, 4, 7, 6, 3],
  )
  t.same(topValues([2, 1]), [
    { index: 0, value: 2 },
    { index: 1, value: 1 },
  ])
  t.same(topValues([Number.NaN]), [])
})

t.test('output names become file names that every system takes', async (t) => {
  t.same(['a/b:0', 'a\\b:0', 'A_B_0', '..', '', 'con', 'sigmoid_0.tmp_0'].map(npyFileNames()), [
    'a_b_0.npy',
    'a_b_0_2.npy',
    'A_B_0_3.npy',
    '_.npy',
    'output.npy',
    '_con.npy',
    'sigmoid_0.tmp_0.npy',
  ])
  t.ok(npyFileNames()('x'.repeat(1000)).length < 200)
})

t.test('inputs without a name fill what the named ones leave', async (t) => {
  const infos = ['a', 'b', 'c'].map((name) => ({ name, shape: [1], dtype: 'float32' as const }))
  const given = (name?: string) => ({
    file: `${name ?? 'ordered'}.npy`,
    tensor: Tensor.zeros([1]),
    ...(name && { name }),
  })
  t.same(
    assignInputs(infos, [given(), given('b'), given()]).map(({ info, file }) => [info.name, file]),
    [
      ['a', 'ordered.npy'],
      ['b', 'b.npy'],
      ['c', 'ordered.npy'],
    ],
  )
  t.throws(() => assignInputs(infos, [given('a'), given('b')]), {
    code: 'TWINFER_MISSING_INPUT',
    message: /'c'/,
  })
  t.throws(() => assignInputs(infos, [given('a'), given('a')]), { code: 'TWINFER_USAGE' })
  t.throws(() => assignInputs(infos, [given('bb')]), { code: 'TWINFER_UNKNOWN_INPUT', help: /'b'/ })
  t.throws(() => assignInputs(infos, [given(), given(), given(), given()]), { code: 'TWINFER_UNKNOWN_INPUT' })
})

t.test('an input is converted where nothing is lost, and refused where something would be', async (t) => {
  const convert = (data: TypedArray, to: DType, from?: DType) => {
    const notes: string[] = []
    const info = { name: 'x', shape: [data.length], dtype: to }
    const tensor = convertInput(
      { info, file: 'x.npy', tensor: new Tensor(data, [data.length], { dtype: from }) },
      notes,
    )
    return { values: [...tensor.data].map(String), dtype: tensor.dtype, notes }
  }
  t.same(convert(new Float32Array([1.5]), 'float32'), { values: ['1.5'], dtype: 'float32', notes: [] })
  t.match(convert(new Float64Array([1.5]), 'float32'), {
    values: ['1.5'],
    dtype: 'float32',
    notes: [/float64 to float32/],
  })
  t.match(convert(new Uint16Array([0x3c00, 0xc000]), 'float32', 'float16'), { values: ['1', '-2'] })
  t.match(convert(new BigInt64Array([7n]), 'float32'), { values: ['7'] })
  t.match(convert(new BigInt64Array([7n]), 'int32'), { values: ['7'], dtype: 'int32' })
  t.match(convert(new Float32Array([7]), 'int64'), { values: ['7'], dtype: 'int64' })
  for (const [data, to] of [
    [new Float32Array([1.5]), 'int32'],
    [new Float32Array([Number.NaN]), 'int32'],
    [new BigInt64Array([2n ** 40n]), 'int32'],
    [new Int32Array([300]), 'uint8'],
  ] as const) {
    t.throws(() => convert(data, to), { code: 'TWINFER_DTYPE_MISMATCH' })
  }
})

const folder = sharedModels()
const skip = folder ? false : 'no shared models beside the project'

t.test('shared models run on both engines', { skip }, async (t) => {
  for (const model of ['tiny-vit', 'tiny-unet', 'mnist-cnn']) {
    for (const file of ['model.ncnn.param', 'model.mnn']) {
      const args = [
        'run',
        `${folder}/${model}/${file}`,
        '-i',
        `${folder}/${model}/input.npy`,
        '--precision',
        'fp32',
      ]
      const { status, json } = cliJson<RunJson>(args)
      t.equal(status, 0, `${model}/${file}`)
      t.match(json.outputs, [{ nan: 0, inf: 0 }])
    }
  }
})
