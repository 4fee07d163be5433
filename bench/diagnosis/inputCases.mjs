import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor, writeNpy } from 'twinfer'
import { Draw } from './Draw.mjs'
import { drawPicture, oriented, throughJpeg, undoing, writePicture } from './pictures.mjs'
import { drawRecord, likeness, normalised, placed } from './records.mjs'

const sizes = {
  square: [96, 112, 128, 160, 224].map((side) => ({ width: side, height: side })),
  long: [
    { width: 160, height: 96 },
    { width: 96, height: 128 },
    { width: 128, height: 64 },
    { width: 192, height: 128 },
  ],
}
/** What both sides of a case may share without a word from the judge; see issue 11, B1's limits. */
const innocent = 36

/**
 * Golden and deployed tensors of one picture with these faults, or null where chance made them too alike. `seed` draws what
 * the faults do: pictures of one application have it in common.
 */
export async function plantInput(draw, folder, network, faults, seed = String(draw.next())) {
  const {
    square,
    small,
    channels: _,
    ...wanted
  } = Object.assign({}, ...faults.map((fault) => fault.wants(draw)))
  const { channels } = network
  const size =
    network.size ?? draw.pick(sizesFor(square ?? (wanted.fit === 'cover' ? true : undefined), small))
  const shown = await drawPicture(draw, { channels })
  const record = drawRecord(draw, { size, channels }, wanted)
  const goldenPixels = await placed(shown, record)
  let plan = { picture: shown, record, steps: [] }
  for (const fault of faults) {
    if (!fault.apply && !fault.step) continue
    const apply = (to) =>
      fault.step
        ? { ...to, steps: [...to.steps, fault.step] }
        : fault.apply(new Draw(seed, fault.variant), to)
    const alone = apply({ picture: shown, record, steps: [] })
    if (
      fault.gate &&
      likeness(goldenPixels.data, (await placed(alone.picture, alone.record)).data) > fault.gate
    )
      return null
    // Two presets may be one, in pixels and from 0 to 1: what a pair lacks then is not for the judge to name.
    if (
      fault.group === 'normalisation' &&
      likeness(normalised(goldenPixels, record), normalised(goldenPixels, alone.record)) > innocent
    )
      return null
    plan = apply(plan)
  }
  const golden = normalised(goldenPixels, record)
  const made = normalised(await placed(plan.picture, plan.record), plan.record)
  const deployed = plan.steps.reduce((values, step) => step(draw, values, { channels, ...size }), made)
  if (likeness(golden, deployed) > innocent) return null
  const shape = [1, channels, size.height, size.width]
  mkdirSync(folder, { recursive: true })
  const { orientation = 1 } = plan
  await writePicture(join(folder, 'image.png'), oriented(shown, undoing(orientation)), orientation)
  await writeNpy(join(folder, 'golden.npy'), new Tensor(golden, shape))
  const deployedShape = plan.exchanged ? [1, channels, size.width, size.height] : shape
  await writeNpy(join(folder, 'deployed.npy'), new Tensor(deployed, deployedShape))
  return { size, record, deployedRecord: plan.record, golden, shape }
}

function sizesFor(square, small) {
  const list = square === undefined ? [...sizes.square, ...sizes.long] : sizes[square ? 'square' : 'long']
  return small ? list.filter(({ width, height }) => Math.max(width, height) <= 128) : list
}

/** Golden and deployed of one picture that differ as innocent programs do. */
export async function plantInnocent(draw, folder, network, kind) {
  const { channels } = network
  const size = network.size ?? draw.pick([...sizes.square, ...sizes.long])
  const picture = await drawPicture(draw, { channels })
  const record = drawRecord(draw, { size, channels })
  const pixels = await placed(picture, record)
  const other = {
    same: () => pixels,
    'not rounded to 8 bits': () =>
      placed(picture, {
        ...record,
        kernel: record.kernel.replace('sharp-lanczos3', 'pillow-lanczos'),
        exact: true,
      }),
    'JPEG of quality 98': async () => placed(await throughJpeg(picture, 98), record),
    'another rounding': () => ({
      ...pixels,
      data: pixels.data.map((value) =>
        Math.min(255, Math.max(0, value + (draw.chance(0.3) ? draw.pick([-1, 1]) : 0))),
      ),
    }),
  }[kind]
  if (kind === 'not rounded to 8 bits' && record.kernel.startsWith('sharp')) record.kernel = 'pillow-lanczos'
  const golden = normalised(await placed(picture, record), record)
  mkdirSync(folder, { recursive: true })
  const shape = [1, channels, size.height, size.width]
  await writePicture(join(folder, 'image.png'), picture)
  await writeNpy(join(folder, 'golden.npy'), new Tensor(golden, shape))
  await writeNpy(join(folder, 'deployed.npy'), new Tensor(normalised(await other(), record), shape))
  return { size, record, golden, shape }
}

export const innocentKinds = ['same', 'not rounded to 8 bits', 'JPEG of quality 98', 'another rounding']
