import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { identifyModel } from '../../dist/file/identifyModel.js'
import { inspect } from '../../dist/file/inspect.js'
import { fixture } from '../helpers/fixtures.js'
import { sharedBroken } from '../helpers/shared.js'

const good = readFileSync(fixture('digits8-cnn/model.ncnn.param'), 'utf8')

/** Inspects a .param of this content. */
function inspecting(t: Test, content: string | Uint8Array, name = 'net.param') {
  const folder = t.testdir()
  writeFileSync(join(folder, name), content)
  return inspect(join(folder, name))
}

t.test('.param: what is wrong is said with its line', async (t) => {
  const cases: Record<string, [content: string, code: string, message: RegExp]> = {
    'no magic': [
      good.replace('7767517\n', ''),
      'INVALID',
      /:1: expected the magic number 7767517, found '9 9'/,
    ],
    'byte order mark': [`\uFEFF${good}`, 'INVALID', /:1: a byte order mark/],
    'more layers declared': [
      good.replace('9 9', '13 9'),
      'TRUNCATED',
      /declares 13 layers, the file holds 9/,
    ],
    'fewer blobs declared': [good.replace('9 9', '9 5'), 'INVALID', /:2: line 2 declares 5 blobs/],
    'no counts': ['7767517\n', 'TRUNCATED', /:2: expected the layer and blob counts/],
    'odd counts': [good.replace('9 9', '9 x'), 'INVALID', /:2: expected the layer and blob counts/],
    'cut in a name': [
      good.slice(0, good.indexOf('convdwrelu_0')).trimEnd(),
      'TRUNCATED',
      /:6: layer .* has no name/,
    ],
    'cut in the blobs': [
      cutAfter('Convolution              convrelu_1               1 1 1'),
      'TRUNCATED',
      /declares 1 inputs and 1 outputs but names 1 blobs/,
    ],
    'cut in a value': [cutAfter('1 2 0='), 'TRUNCATED', /:5: parameter 0 has no value/],
    'cut in a key': [cutAfter('1 2 0'), 'TRUNCATED', /:5: expected key=value, found '0'/],
    'unclosed string': ['7767517\n1 1\nInput in 0 1 a 0="no end\n', 'TRUNCATED', /:3: .*no closing quote/],
    'short array': [
      '7767517\n1 1\nInput in 0 1 a -23300=3,1,2\n',
      'TRUNCATED',
      /:3: an array of 3 elements holds 2/,
    ],
    'long array': [
      '7767517\n1 1\nInput in 0 1 a -23300=1,1,2\n',
      'INVALID',
      /:3: an array of 1 elements holds 2/,
    ],
    'not a number': ['7767517\n1 1\nInput in 0 1 a 0=3x\n', 'INVALID', /:3: expected a number, found '3x'/],
    'key out of range': [
      '7767517\n1 1\nInput in 0 1 a 77=3\n',
      'INVALID',
      /:3: parameter key 77 is out of range/,
    ],
    'no producer': [
      good.replace('1 1 1 2', '1 1 nosuchblob 2'),
      'INVALID',
      /:5: layer 'convrelu_1' reads blob 'nosuchblob', which no layer produces/,
    ],
    'producer too late': [swapLines(good, 4, 5), 'INVALID', /:5: layer .* reads blob .* only in line 6/],
  }
  for (const [what, [content, code, message]] of Object.entries(cases)) {
    await t.rejects(inspecting(t, content), { code: `TWINFER_MODEL_${code}`, message }, what)
  }
})

function cutAfter(start: string): string {
  return good.slice(0, good.indexOf(start) + start.length)
}

function swapLines(text: string, a: number, b: number): string {
  const lines = text.split('\n')
  ;[lines[a], lines[b]] = [lines[b]!, lines[a]!]
  return lines.join('\n')
}

t.test('a file of another kind is named, whatever it is called', async (t) => {
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'
  const cases: Record<string, [content: string | Uint8Array, description: RegExp]> = {
    html: ['<!DOCTYPE html><title>404</title>', /web page \(HTML\)/],
    pointer: [lfs, /Git LFS pointer/],
    empty: ['', /an empty file/],
    zeros: [new Uint8Array(4096), /zero bytes only/],
    onnx: [Uint8Array.from([8, 7, 0x12, 7, ...Buffer.from('pytorch')]), /ONNX model/],
    zip: [Buffer.from('PK\x03\x04rest of it'), /zip archive/],
    npy: [Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'), /NumPy array/],
    weights: [readFileSync(fixture('digits8-cnn/model.ncnn.bin')), /ncnn weights/],
  }
  for (const [what, [content, message]] of Object.entries(cases)) {
    for (const name of ['net.param', 'net.mnn', 'net']) {
      if (what === 'onnx' && name === 'net') continue
      await t.rejects(
        inspecting(t, content, name),
        { code: 'TWINFER_MODEL_INVALID', message },
        `${what} as ${name}`,
      )
    }
  }
  await t.rejects(inspecting(t, good, 'net.mnn'), {
    code: 'TWINFER_MODEL_INVALID',
    message: /an ncnn \.param/,
  })
  await t.rejects(inspecting(t, readFileSync(fixture('digits8-cnn/model.mnn'))), { message: /an MNN model/ })
})

t.test('a binary .param that is cut short is refused with the byte', async (t) => {
  const binary = new Uint8Array(new Int32Array([7767517, 1, 1]).buffer)
  await t.rejects(inspecting(t, binary), { code: 'TWINFER_MODEL_TRUNCATED', message: /byte 12/ })
  await t.rejects(inspecting(t, binary, 'net.param.bin'), { code: 'TWINFER_MODEL_TRUNCATED' })
})

t.test('a path that is no model file is explained', async (t) => {
  const folder = t.testdir()
  copyFileSync(fixture('digits8-cnn/model.ncnn.param'), join(folder, 'model.param'))
  copyFileSync(fixture('digits8-cnn/model.ncnn.bin'), join(folder, 'model.bin'))
  mkdirSync(join(folder, 'folder.mnn'))
  await t.rejects(inspect(folder), { code: 'TWINFER_MODEL_INVALID', message: /is a folder/ })
  await t.rejects(inspect(join(folder, 'folder.mnn')), {
    code: 'TWINFER_MODEL_INVALID',
    message: /is a folder/,
  })
  await t.rejects(inspect(join(folder, 'modl.param')), {
    code: 'TWINFER_FILE_NOT_FOUND',
    help: /model\.param/,
  })
  await t.rejects(inspect(join(folder, 'nowhere/x.mnn')), { code: 'TWINFER_FILE_NOT_FOUND' })
  await t.rejects(inspect(join(folder, 'model.param/x.mnn')), { code: 'TWINFER_FILE_NOT_FOUND' })
  await t.rejects(inspect(join(folder, 'model.bin')), { code: 'TWINFER_MODEL_INVALID', help: /model\.param/ })
})

t.test('ONNX is identified, and inspect says that it does not read it', async (t) => {
  const folder = t.testdir({ 'net.onnx': 'anything', plain: Buffer.from([8, 7, 0x12, 7, 1, 2, 3, 4]) })
  t.equal(await identifyModel(join(folder, 'net.onnx')), 'onnx')
  t.equal(await identifyModel(join(folder, 'plain')), 'onnx')
  await t.rejects(inspect(join(folder, 'net.onnx')), { code: 'TWINFER_MODEL_UNSUPPORTED' })
})

const broken = sharedBroken()
const skip = broken ? false : 'no broken models beside the project'

t.test('the shared broken files whose description is damaged are all refused', { skip }, async (t) => {
  const expected: Record<string, string> = {
    'mnn-is-ncnn-bin/model.mnn': 'INVALID',
    'mnn-is-onnx/model.mnn': 'INVALID',
    'mnn-table-flip/model.mnn': 'INVALID',
    'mnn-trunc-empty/model.mnn': 'INVALID',
    'mnn-trunc-half/model.mnn': 'INVALID',
    'mnn-zeros/model.mnn': 'INVALID',
    'ncnn-param-bom/model.ncnn.param': 'INVALID',
    'ncnn-param-cycle-order/model.ncnn.param': 'INVALID',
    'ncnn-param-dangling-input/model.ncnn.param': 'INVALID',
    'ncnn-param-layercount-high/model.ncnn.param': 'TRUNCATED',
    'ncnn-param-no-magic/model.ncnn.param': 'INVALID',
    'ncnn-param-truncated/model.ncnn.param': 'TRUNCATED',
  }
  for (const [file, code] of Object.entries(expected)) {
    await t.rejects(inspect(join(broken!, file)), { code: `TWINFER_MODEL_${code}` }, file)
  }
})
