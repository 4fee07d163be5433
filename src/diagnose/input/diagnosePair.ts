import type { Pixels, Preprocessing } from '../../preprocess/Preprocessing.js'
import { float32Values } from '../../tensor/convertTensor.js'
import type { Tensor } from '../../tensor/Tensor.js'
import type { Cause, Rejected } from '../Cause.js'
import { type Findings, nothing } from '../Findings.js'
import { causesOf } from './causesOf.js'
import { compareTensors, type TensorDifference } from './comparePlanes.js'
import type { InputFaults } from './faults.js'
import { faultsFromPicture } from './faultsFromPicture.js'
import { faultsOf } from './faultsOf.js'
import { castOf, type Reading, readingsOf } from './memory.js'
import { isConstant, type PictureShape, type Planes, pictureShape, planesOf } from './planes.js'
import { constantCause, notFiniteInput } from './unusableInput.js'

export interface InputPair {
  readonly name: string
  readonly golden: Tensor
  readonly deployed: Tensor
  readonly image: Pixels | undefined
  readonly record: Preprocessing | undefined
}

/** Compares one golden input with what was deployed in its place. Both have the shape of a picture. */
export function diagnosePair(pair: InputPair): Findings {
  const { name, golden, deployed } = pair
  const shapes = { golden: pictureShape(golden), deployed: pictureShape(deployed) }
  const [goldenPlanes, deployedPlanes] = [planesOf(golden)[0]!, planesOf(deployed)[0]!]
  const broken = unusable(pair, goldenPlanes, deployedPlanes, shapes.golden)
  if (broken) return broken
  const readings = readingsBetween(pair, shapes)
  if (!readings) {
    const [a, b] = [golden.shape.join(', '), deployed.shape.join(', ')]
    return {
      ...nothing,
      missing: [
        `${name}: the golden input has the shape [${a}], the deployed one [${b}]: a deployed input of the model's own shape could be compared.`,
      ],
    }
  }
  const cast = castOf(float32Values(golden), float32Values(deployed))
  if (cast) return { ...nothing, causes: [fractionsLost(cast)] }
  const difference = compareTensors(goldenPlanes, readings)
  const missing: string[] = []
  const traced = pair.image ? faultsFromPicture(pair.image, goldenPlanes, readings, difference) : null
  if (traced) missing.push(...traced.missing.map((sentence) => `${name}: ${sentence}`))
  const faults = traced?.faults ?? faultsOf(difference, pair.record ?? null)
  if (!faults) return notExplained(pair, difference, missing)
  if (difference.isExplained) missing.push(...ties(name, difference, faults, goldenPlanes))
  return { causes: causesOf(faults), rejected: traced?.rejected ?? [], missing }
}

/** Values that are no numbers, or all one number: said before anything is compared. */
function unusable(pair: InputPair, golden: Planes, deployed: Planes, shape: PictureShape): Findings | null {
  const only = (cause: Cause): Findings => ({ ...nothing, causes: [cause] })
  const notGolden = notFiniteInput('golden', pair.golden)
  if (notGolden) return only(notGolden)
  const notDeployed = notFiniteInput('deployed', pair.deployed)
  if (notDeployed) {
    // Bits of another type are often no numbers: where they explain everything, that is the cause.
    const readings = readingsBetween(pair, { golden: shape, deployed: pictureShape(pair.deployed) }) ?? []
    const others = readings.filter(({ code }) => code === 'DTYPE_MISREAD')
    const explained = others.length > 0 ? compareTensors(golden, others) : null
    if (explained?.isExplained && explained.alignment.error < 0.05) {
      const faults = faultsOf(explained, pair.record ?? null)
      const { notFinite } = notDeployed.evidence
      if (faults)
        return {
          ...nothing,
          causes: causesOf({ ...faults, shared: { ...faults.shared, notFinite } }),
        }
    }
    return only(notDeployed)
  }
  if (isConstant(deployed)) {
    if (isConstant(golden))
      return {
        ...nothing,
        missing: [
          `${pair.name}: both inputs are of one colour, which shows nothing but their values: a picture with content is needed.`,
        ],
      }
    const cause = constantCause(deployed.channels.map((plane) => plane[0]!))
    return only(
      readingsBetween(pair, { golden: shape, deployed: pictureShape(pair.deployed) })
        ? cause
        : ofOtherShape(cause, pair),
    )
  }
  if (isConstant(golden)) {
    return {
      ...nothing,
      missing: [
        `${pair.name}: the golden input has one value only, the deployed one has not: a golden input of a real picture is needed.`,
      ],
    }
  }
  return null
}

/** What else is wrong with an input that shows nothing: its shape is not the golden one's. */
function ofOtherShape(cause: Cause, { golden, deployed }: InputPair): Cause {
  const shapes = { goldenShape: [...golden.shape], deployedShape: [...deployed.shape] }
  const [a, b] = [golden.shape.join(', '), deployed.shape.join(', ')]
  return {
    ...cause,
    message: `${cause.message} Its shape is wrong as well: [${b}], where the golden input has [${a}].`,
    evidence: { ...cause.evidence, ...shapes },
  }
}

/** How the deployed memory may be read for the golden shape; null where the shapes have nothing in common. */
export function readingsBetween(
  { deployed }: InputPair,
  shapes: { golden: PictureShape; deployed: PictureShape },
): Reading[] | null {
  const { golden, deployed: own } = shapes
  if (golden.channels !== own.channels) return null
  const values = float32Values(deployed).subarray(0, deployed.length / own.pictures)
  if (golden.width === own.width && golden.height === own.height) {
    const asShaped = { ...golden, channelsLast: own.channelsLast }
    return readingsOf(values, asShaped, deployed.dtype)
  }
  const planes = planesOf(deployed)[0]!
  const size = `${own.width} x ${own.height}`
  if (golden.width === own.height && golden.height === own.width) {
    return [{ code: 'PREPROC_TRANSPOSED', writtenAs: size, readAs: size, planes, rows: planes.height }]
  }
  return null
}

const fractionsLost = (cast: string): Cause => ({
  code: 'DTYPE_MISREAD',
  confidence: 0.98,
  message: `The deployed values are what is left of the golden ones when floats are cast to ${cast}: no fractions, nothing beyond its range.`,
  evidence: { writtenAs: 'float32', readAs: cast, cast: true },
  fix: {
    twinfer: `keep float32: normalised values do not fit ${cast}`,
    ncnn: 'feed a float Mat: substract_mean_normalize after from_pixels',
    mnn: 'create the input tensor as halide_type_of<float>() and let ImageProcess write it',
  },
})

function notExplained(
  { name, image }: InputPair,
  { alignment }: TensorDifference,
  missing: string[],
): Findings {
  const rejected: Rejected = {
    code: 'PREPROC_CROP',
    message:
      'No crop, aspect, orientation, order, layout or type makes the deployed input out of the golden one.',
    evidence: { unexplained: alignment.error },
  }
  const sentence = `${name}: the two inputs show nothing in common: they may be of different pictures.`
  const hint = image ? [] : ['The picture that both were made from would decide what happened to it.']
  return { causes: [], rejected: [rejected], missing: [...missing, sentence, ...hint] }
}

/** What these inputs cannot show. */
function ties(name: string, { colours }: TensorDifference, { grey }: InputFaults, golden: Planes): string[] {
  const sentences: string[] = []
  if (!grey && golden.channels.length >= 3 && colours.tied.some((order) => `${order}` === '2,1,0')) {
    sentences.push(
      `${name}: the picture has so little colour that RGB and BGR cannot be told apart; one with colours would decide.`,
    )
  }
  return sentences
}
