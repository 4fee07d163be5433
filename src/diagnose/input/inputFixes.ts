import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import type { CauseCode, Fix } from '../Cause.js'
import type { InputFaults } from './faults.js'

/** A number as people write it in code: six digits, no exponent where that can be helped. */
const number = (value: number): string => String(Number(value.toPrecision(6)))
const list = (values: readonly number[]): string => values.map(number).join(', ')
const floats = (values: readonly number[]): string =>
  values.map((value) => `${/[.e]/.test(number(value)) ? number(value) : `${number(value)}.`}f`).join(', ')

export const perChannel = (value: number | readonly number[] | undefined, fallback: number): number[] =>
  value === undefined
    ? [fallback, fallback, fallback]
    : typeof value === 'number'
      ? [value, value, value]
      : [...value]

/** Mean and factor that make the golden input: of pixels where it is known how, else of the values that were deployed. */
function meanAndNorm({
  golden,
  normalisation,
}: InputFaults): { mean: number[]; norm: number[]; of: string } | null {
  if (golden) {
    const scale = golden.scale ?? 1
    const channels = golden.order === 'GREY' ? 1 : 3
    return {
      mean: perChannel(golden.mean, 0)
        .map((mean) => mean / scale)
        .slice(0, channels),
      norm: perChannel(golden.std, 1)
        .map((std) => scale / std)
        .slice(0, channels),
      of: 'pixels',
    }
  }
  if (!normalisation || normalisation.offsets.length === 0) return null
  const { slopes, offsets } = normalisation
  return { mean: slopes.map((slope, c) => -offsets[c]! / slope), norm: [...slopes], of: 'the values now fed' }
}

function resizeCall(golden: Preprocessing | null): string {
  const size = golden ? `${golden.size.width}, ${golden.size.height}` : 'target_width, target_height'
  return `ncnn::Mat::from_pixels_resize(pixels, ${pixelType(golden)}, image_width, image_height, ${size})`
}

const pixelType = (golden: Preprocessing | null): string =>
  golden?.order === 'GREY'
    ? 'ncnn::Mat::PIXEL_RGB2GRAY'
    : golden?.order === 'BGR'
      ? 'ncnn::Mat::PIXEL_RGB2BGR'
      : 'ncnn::Mat::PIXEL_RGB'

/** The record as an argument, in one line. */
function recordText(golden: Preprocessing | null): string {
  return golden ? JSON.stringify(golden) : '{ ...record of the original }'
}

/** The line that mends a fault of the input, for this package and for C++ of both engines. */
export function fixFor(code: CauseCode, faults: InputFaults): Fix | null {
  const { golden } = faults
  const twinfer = `preprocess(pixels, ${recordText(golden)})`
  switch (code) {
    case 'PREPROC_CHANNEL_ORDER':
      return {
        twinfer,
        ncnn: `pass ncnn::Mat::PIXEL_BGR2RGB in place of PIXEL_RGB or PIXEL_BGR (or PIXEL_RGB2BGR where the model wants BGR) to from_pixels_resize: the channels are to change places`,
        mnn: `MNN::CV::ImageProcess::Config config; config.sourceFormat = MNN::CV::BGR; config.destFormat = MNN::CV::RGB; // the two must differ where they are equal now, and be equal where they differ`,
      }
    case 'PREPROC_GREY':
      return {
        twinfer,
        ncnn: resizeCall(golden),
        mnn: `config.sourceFormat = MNN::CV::RGB; config.destFormat = MNN::CV::${golden?.order === 'GREY' ? 'GRAY' : 'RGB'}; // from pixels in colour`,
      }
    case 'PREPROC_MEAN_STD':
    case 'PREPROC_RANGE': {
      const values = meanAndNorm(faults)
      if (!values) return { twinfer }
      const { mean, norm, of } = values
      return {
        twinfer: golden
          ? twinfer
          : `feed value * [${list(norm)}] + [${list(mean.map((m, c) => -m * norm[c]!))}] by channel`,
        ncnn: `const float mean[] = {${floats(mean)}}, norm[] = {${floats(norm)}}; in.substract_mean_normalize(mean, norm); // on ${of}`,
        mnn: `const float mean[] = {${floats(mean)}}, normal[] = {${floats(norm)}}; std::copy_n(mean, ${mean.length}, config.mean); std::copy_n(normal, ${norm.length}, config.normal); // on ${of}`,
      }
    }
    case 'PREPROC_SOURCE_STRIDE_SWAPPED':
      return {
        twinfer: 'give the pixels their own { width, height }: they were exchanged',
        ncnn: `${resizeCall(golden)}; // width before height: the source's two were exchanged`,
        mnn: 'process->convert(pixels, image_width, image_height, image_width * 3, tensor); // width, height, bytes of a row',
      }
    case 'PREPROC_TRANSPOSED':
      return {
        twinfer,
        ncnn: `${resizeCall(golden)}; // a Mat is width, height, channels`,
        mnn: 'a tensor is {1, channels, height, width}: give ImageProcess and resizeTensor height before width, the matrix x before y',
      }
    case 'PREPROC_ROTATED':
      if (golden?.exif === false)
        return {
          twinfer,
          ncnn: 'give from_pixels_resize the pixels as they are stored: the original does not apply EXIF’s orientation',
          mnn: 'give ImageProcess::convert the pixels as they are stored: the original does not apply EXIF’s orientation',
        }
      return {
        twinfer: `${twinfer} with the orientation that decodeImage() found`,
        ncnn: `ncnn::kanna_rotate_c3(pixels, image_width, image_height, upright, upright_width, upright_height, ${faults.orientation}); // EXIF's orientation, before from_pixels_resize`,
        mnn: 'turn the pixels upright by their EXIF orientation before ImageProcess::convert, or put it into its matrix',
      }
    case 'PREPROC_CROP':
    case 'PREPROC_ASPECT':
      return {
        twinfer,
        ncnn: 'ncnn::Mat::from_pixels_roi_resize(pixels, type, image_width, image_height, roi_x, roi_y, roi_width, roi_height, target_width, target_height); // the part in the evidence; copy_make_border for bars',
        mnn: 'MNN::CV::Matrix matrix; matrix.setScale(roi_width / target_width, roi_height / target_height); matrix.postTranslate(roi_x, roi_y); process->setMatrix(matrix); // target to source',
      }
    case 'PREPROC_INTERPOLATION':
      return {
        twinfer,
        ncnn: 'from_pixels_resize is bilinear without smoothing: resize as the original does before from_pixels',
        mnn: 'config.filterType = MNN::CV::BILINEAR; // smooths not: resize as the original does before ImageProcess, or retrain with this one',
      }
    case 'LAYOUT_MISREAD':
      return {
        twinfer: `new Tensor(data, shape, { layout: '${faults.misread?.writtenAs.startsWith('NHWC') ? 'NHWC' : 'NCHW'}' }) as the data is written`,
        ncnn: `ncnn::Mat::from_pixels(pixels, ncnn::Mat::PIXEL_RGB, width, height); // splits interleaved pixels into channels; Mat(w, h, c, data) does not, and channels lie cstep apart`,
        mnn: "MNN::Tensor host(tensor, MNN::Tensor::TENSORFLOW); /* NHWC; CAFFE for NCHW */ tensor->copyFromHostTensor(&host); // never through host<>() of the session's own tensor",
      }
    case 'DTYPE_MISREAD':
      return {
        twinfer: `new Tensor(data, shape, { dtype }) with what the memory holds, converted to float32`,
        ncnn: 'ncnn::Mat::from_pixels(…) makes floats of bytes; float16: ncnn::cast_float16_to_float32(in, out)',
        mnn: 'ImageProcess::convert makes floats of bytes; memcpy into a float tensor does not: give Tensor::create the type of the data',
      }
    default:
      return null
  }
}
