// The wrong inputs beside the project, against the right one of their model.
import { join } from 'node:path'
import t from 'tap'
import { diagnoseInputs } from '../../dist/diagnose/input/diagnoseInputs.js'
import { readNpy } from '../../dist/npy.js'
import { sharedBroken, sharedModels } from '../helpers/shared.js'

const [broken, models] = [sharedBroken(), sharedModels()]
const skip = broken && models ? false : 'no ../shared beside this checkout'

const expected: Readonly<Record<string, readonly string[]>> = {
  'preproc-bgr': ['PREPROC_CHANNEL_ORDER'],
  'preproc-grey-x3': ['PREPROC_GREY'],
  'preproc-mean-after-std': ['PREPROC_MEAN_STD'],
  'preproc-nhwc-as-nchw': ['LAYOUT_MISREAD'],
  // One step of all channels from 0…255 to what -1…1 is but for half a level.
  'preproc-no-mean-std': ['PREPROC_RANGE'],
  'preproc-range01': ['PREPROC_RANGE'],
}

for (const [name, codes] of Object.entries(expected)) {
  t.test(name, { skip }, async (t) => {
    const golden = await readNpy(join(models!, 'efficientnet-lite0/input.npy'))
    const deployed = await readNpy(join(broken!, name, 'input.npy'))
    const { causes } = diagnoseInputs([{ name, golden, deployed }])
    t.same(
      causes.map(({ code }) => code),
      codes,
    )
  })
}
