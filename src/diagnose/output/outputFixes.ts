import type { JudgedPrecision } from '../../compare/judge/passRules.js'
import type { Fix } from '../Cause.js'
import type { LayoutDecoder } from '../decoders.js'
import type { Reading } from '../readings.js'
import type { Lines } from './fit.js'
import type { StepGuess } from './guess.js'

/** MNN converts layout and type while it copies. */
const copyToHost =
  'MNN::Tensor host(output, MNN::Tensor::CAFFE); output->copyToHostTensor(&host); // then read host.host<float>()'
const mapped =
  'auto data = output->map(MNN::Tensor::MAP_TENSOR_READ, MNN::Tensor::CAFFE); /* read */ output->unmap(MNN::Tensor::MAP_TENSOR_READ, MNN::Tensor::CAFFE, data);'

export function fixForLayout(name: string, { held, readAs }: LayoutDecoder, reading: Reading | null): Fix {
  const twinfer = `const { ${key(name)} } = await model.run(inputs) // comes out as NCHW, without padding`
  const layouts = [held, readAs]
  if (layouts.some((layout) => layout.includes('+cstep'))) {
    return {
      twinfer,
      ncnn: 'for (int c = 0; c < m.c; c++) memcpy(out + c * m.w * m.h, m.channel(c), m.w * m.h * m.elemsize); // channels are m.cstep apart, not m.w * m.h',
      mnn: mapped,
    }
  }
  if (reading !== null || layouts.some((layout) => /\d$/.test(layout))) {
    return {
      twinfer,
      ncnn: 'ncnn::Mat m; ex.extract("NAME", m); // without type = 1, which leaves packing and storage as they are'.replace(
        'NAME',
        name,
      ),
      mnn: copyToHost,
    }
  }
  return {
    twinfer,
    ncnn: '// element (c, y, x) is m.channel(c).row(y)[x]; there is no HWC order in an ncnn::Mat',
    mnn: copyToHost,
  }
}

export function fixForDType(name: string, { held, readAs }: Reading): Fix {
  const twinfer = `const { ${key(name)} } = await model.run(inputs) // its dtype says what data holds`
  if (held === 'float16' || held === 'bfloat16') {
    const cast = held === 'float16' ? 'cast_float16_to_float32' : 'cast_bfloat16_to_float32'
    return { twinfer, ncnn: `ncnn::Mat f; ncnn::${cast}(m, f); // then read f as float`, mnn: copyToHost }
  }
  return {
    twinfer,
    ncnn: `// read the ${held} that m.elemsize says, not ${readAs}`,
    mnn: `if (output->getType() == halide_type_of<${ctype(held)}>()) { auto data = host.host<${ctype(held)}>(); }`,
  }
}

function ctype(dtype: string): string {
  if (dtype === 'float32') return 'float'
  return dtype === 'float64' ? 'double' : `${dtype}_t`
}

export function fixForStep(name: string, step: StepGuess, lines: Lines | null): Fix {
  if (step.kind === 'function') {
    const { name: last } = step.step
    const does = step.side === 'missing' ? `apply ${last}` : `leave ${last} away`
    const where = step.axis === null ? '' : ` along dimension ${step.axis} of the reference's shape`
    const again = step.side === 'missing' ? 'with it in the exported graph' : 'without it'
    return {
      twinfer: `${does}${where} to '${name}', or convert again ${again}`,
      ncnn: `// ${does}${where} after ex.extract("${name}", m)`,
      mnn: `// ${does}${where} after copyToHostTensor`,
    }
  }
  const [slope, offset] = [lines?.slopes ?? [], lines?.offsets ?? []]
  if (slope.length !== 1) {
    const twinfer = `multiply each channel of '${name}' by its scale and add its offset (evidence has the candidate's), or convert again with the last step`
    return { twinfer }
  }
  const line = `v = v * ${Number(slope[0]!.toPrecision(7))} + ${Number(offset[0]!.toPrecision(7))}`
  return {
    twinfer: `data.map((v) => ${line.slice(4)}) // or convert again with the last step`,
    ncnn: `for (float& v : values) ${line}; // after ex.extract("${name}", m)`,
    mnn: `for (float& v : values) ${line}; // after copyToHostTensor`,
  }
}

const fp32: Fix = {
  twinfer: "--precision fp32, or open(file, { precision: 'fp32' })",
  ncnn: 'net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = false; // before load_param',
  mnn: 'backendConfig.precision = MNN::BackendConfig::Precision_High; // before createSession',
}

/** Not a repair: what to change where the precision is too low for the task. */
export function fixForPrecision(precision: JudgedPrecision): Fix {
  switch (precision) {
    case 'fp16-weights':
      return { twinfer: 'convert again with fp16=0 (pnnx) or without --fp16 (MNN)' }
    case 'bf16':
      return {
        ...fp32,
        ncnn: 'net.opt.use_bf16_storage = net.opt.use_bf16_packed = false; // before load_param',
      }
    case 'fp16':
    case 'fp16-storage':
    case 'fp32':
      return fp32
    default:
      return { twinfer: 'use the file whose weights are floats, or calibrate the quantisation on more data' }
  }
}

/** A name as it stands in a destructuring assignment. */
function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}': output`
}
