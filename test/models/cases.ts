// Situations from people who do this job, one folder each below fixtures/cases: what the command line has to answer.
// `case.json` beside the files tells what was seen and what is right, `make.py` how they were made.
import t from 'tap'
import { cli } from '../helpers/cli.js'
import { patience } from '../helpers/patience.js'
import { projectPath } from '../helpers/projectPath.js'

// Each row is a command line of its own, which is two processes.
t.setTimeout(patience * 600_000)

interface Row {
  readonly run: string
  readonly exit: 0 | 1 | 2
  readonly says?: RegExp
  readonly never?: RegExp
}

const fp32 = '--precision fp32'
const passes = (run: string, says?: RegExp): Row => ({ run, exit: 0, ...(says && { says }) })
const fails = (run: string, says?: RegExp): Row => ({ run, exit: 1, ...(says && { says }) })
const refuses = (run: string, says: RegExp, never: RegExp): Row => ({ run, exit: 2, says, never })

const cases: Readonly<Record<string, readonly Row[]>> = {
  batch: ['ncnn.param', 'mnn'].map((file) => passes(`compare model.onnx model.${file} -i x.npy ${fp32}`)),
  'broken-conversion-message': [
    refuses('run model.mnn -i x.npy', /\by\b|Permute3/, /Check the input shapes/),
    fails('check model.mnn --against model.onnx'),
  ],
  'check-against-birnn': [{ ...passes('check model.mnn --against model.onnx'), never: /damaged/ }],
  'check-attention-mask': ['inf', 'min'].flatMap((source) =>
    ['ncnn.param', 'mnn'].map((file) => ({
      ...passes(`check ${source}.${file} --against ${source}.onnx`),
      never: /garbage/,
    })),
  ),
  'check-duplicate-layer-names': [passes('check slices.param')],
  'check-fp16-underflow-though-nothing-is-lost': [
    'subnormal-like-det-sim-op',
    'flushed-like-PP_OCRv5',
    'decayed-like-facemesh',
  ].map((name) => passes(`check ${name}.param`)),
  'check-misses-what-ncnn-refuses': [
    fails('check softmax-too-old.param', /Softmax/),
    fails('check reduction-too-old.param', /Reduction/),
    fails('check padding-two-inputs.param', /Padding/),
    fails('check RFB-320-quant-KL-5792.mnn', /EltwiseInt8/),
  ],
  'check-open-parity': [
    'crop.param',
    'lstm.param',
    'yolo.param',
    'reshape.param',
    'pool-stride0.mnn',
    'permute-axis9.mnn',
  ].map((file) => fails(`check ${file}`)),
  'check-split-name': [
    passes('check model.ncnn.param'),
    passes(`compare expected.npy model.ncnn.param -i x.npy ${fp32}`),
  ],
  'compare-trailing-ones': [passes(`compare expected.npy fc-as-conv.param -i in.npy ${fp32}`)],
  'custom-layer-help': [
    { ...fails('check warp.param', /custom layer/i), never: /pnnx left/ },
    { ...fails('check focus.param', /custom layer/i), never: /newer than/ },
  ],
  'dropped-input': [
    passes(`compare model.onnx model.mnn -i im_shape=im_shape.npy -i image=image.npy ${fp32}`, /im_shape/),
  ],
  'ends-the-process': ['1752', '3640', '4080', '4788', 'while-152'].flatMap((name) => [
    fails(`check ends-the-process-${name}.mnn`),
    refuses(`run ends-the-process-${name}.mnn -i x.npy`, /TWINFER_MODEL_INVALID/, /ENGINE_CRASHED/),
  ]),
  'four-bit': [passes('check q4.mnn', /4.?bit|int4/i), passes('check q2.mnn', /2.?bit|int2/i)],
  'fp16-onnx-reference': ['x', 'x16'].map((input) =>
    passes(`compare half.onnx model.ncnn.param -i ${input}.npy ${fp32}`, /fp16|float16/),
  ),
  'input-hint': [passes(`compare expected.npy model.ncnn.param -i x.npy ${fp32}`)],
  'int8-features': [passes(`compare model.onnx q8.mnn -i x.npy ${fp32}`)],
  'label-map': [
    passes(`compare model.onnx tie.mnn -i x.npy ${fp32} --judge-as fp16-weights`, /label/),
    fails(`compare model.onnx shifted.mnn -i x.npy ${fp32} --judge-as int8`, /label/),
  ],
  'leading-one-message': ['nchw', 'chw'].map((input) =>
    refuses(`run model.ncnn.param -i ${input}.npy`, /reshape_0/, /conv_0/),
  ),
  'middle-output': [passes('run model.ncnn.param -i x.npy --output features', /features/)],
  'mixed-scale-pass': [
    fails(`compare large-expected.npy large-lost.ncnn.param -i large.npy ${fp32}`),
    fails('compare model.onnx lost.ncnn.param -i x.npy'),
    fails('compare model.onnx lost32.ncnn.param -i x.npy --precision bf16'),
    fails('compare model.onnx lost32.ncnn.param -i x.npy --judge-as int8'),
    passes('compare model.onnx good.ncnn.param -i x.npy'),
    fails(`compare model.onnx lost32.ncnn.param -i x.npy ${fp32} --layers`, /conv_1/),
  ],
  'mnn-open-size-written-as-0': [
    passes(`compare expected-logits.npy zero.mnn -i image.npy ${fp32}`),
    passes('inspect zero.mnn', /\?/),
  ],
  'ncnn-grey-image-loses-its-channel': [
    ...['pool', 'mean', 'slice'].map((kind) =>
      passes(`compare expected-${kind}-first-out0.npy ${kind}-first.param -i grey.npy ${fp32}`),
    ),
    passes('run pool-first.param -i grey-large.npy'),
  ],
  'ncnn-input-hint-taken-for-a-rule': [
    passes(`compare expected-other-size-out.npy other-size.param -i data=in80.npy ${fp32}`),
    passes(`compare expected-wrong-order-out.npy wrong-order.param -i in12.npy ${fp32}`),
    passes('check wrong-order.param'),
    passes('run binary.param.bin -i in12.npy'),
  ],
  'ncnn-last-layer-not-counted': [
    passes(`compare expected-uncounted-noop-out_conv.npy uncounted-noop.param -i in.npy ${fp32}`),
    passes('check uncounted-noop.param'),
    passes('inspect uncounted-noop.param'),
  ],
  'ncnn-no-detections': [
    passes('run yolo.param -i nothing.npy'),
    passes('compare yolo.param yolo.param -i nothing.npy'),
    passes(`compare expected-something.npy yolo.param -i something.npy ${fp32}`),
  ],
  'no-detections': [
    passes('run yolov3.ncnn.param -i empty.npy'),
    passes('run yolov3.ncnn.param -i one.npy'),
    passes(`compare nms.onnx nms.mnn -i none.npy ${fp32}`),
    passes(`compare nms.onnx nms.mnn -i some.npy ${fp32}`),
  ],
  'output-order': [passes(`compare model.onnx model.ncnn.param -i x.npy ${fp32}`, /mask = out0/)],
  'param-bin': [
    passes('run model.param.bin -i x.npy'),
    passes('check model.param.bin'),
    passes('inspect model.param.bin'),
    passes('compare expected.npy model.param.bin -i x.npy'),
  ],
  'silent-output': [passes(`compare model.onnx model.ncnn.param model.mnn -i x.npy ${fp32}`)],
}

for (const [folder, rows] of Object.entries(cases)) {
  t.test(folder, async (t) => {
    for (const { run, exit, says, never } of rows) {
      const { status, signal, stdout, stderr } = cli(run.split(' '), {
        cwd: projectPath(`test/fixtures/cases/${folder}`),
      })
      const said = stdout + stderr
      t.equal(signal ?? status, exit, `twinfer ${run}`)
      if (says) t.match(said, says)
      if (never) t.notMatch(said, never)
    }
  })
}
