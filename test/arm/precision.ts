// What the precision words do on ARM: whether fp16 really runs shows in the numbers, not in what is reported. The
// floors are 6 dB below what QEMU's CPU with every feature gave for efficientnet-lite0 when it was first measured.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { open, type Precision, readNpy, type Tensor } from 'twinfer'
import { compareTensors } from 'twinfer/compare'
import { fixture } from '../helpers/fixtures.js'
import { halfGridShare } from '../helpers/halfGridShare.js'
import { type Engine, engineFiles, engines } from '../helpers/networks.js'
import { sharedModels } from '../helpers/shared.js'

interface Case {
  readonly precision: Precision
  readonly active: string
  readonly floorDb: number
  readonly onHalfGrid: boolean
}

const exact = { precision: 'fp32', active: 'fp32', floorDb: 100, onHalfGrid: false } as const
const cases: Readonly<Record<string, Readonly<Record<Engine, readonly Case[]>>>> = {
  arm64: {
    ncnn: [
      exact,
      { precision: 'fp16-storage', active: 'fp16-storage', floorDb: 45, onHalfGrid: true },
      { precision: 'fp16', active: 'fp16', floorDb: 35.2, onHalfGrid: true },
    ],
    mnn: [exact, { precision: 'fp16', active: 'fp16', floorDb: 35.7, onHalfGrid: true }],
  },
  arm: {
    ncnn: [exact, { precision: 'fp16-storage', active: 'fp16-storage', floorDb: 69.4, onHalfGrid: false }],
    mnn: [exact, { precision: 'fp16', active: 'fp32', floorDb: 100, onHalfGrid: false }],
  },
}

const here = cases[process.arch]
const shared = sharedModels()
const folders: Readonly<Record<string, string | undefined>> = {
  'digits8-cnn': fixture('digits8-cnn'),
  'efficientnet-lite0': shared && join(shared, 'efficientnet-lite0'),
}

for (const engine of engines) {
  for (const { precision, active, floorDb, onHalfGrid } of here?.[engine] ?? []) {
    for (const [name, folder] of Object.entries(folders)) {
      const reason = folder && existsSync(folder) ? undefined : `no ${name} beside the project`
      t.test(`${engine} ${precision}: ${name}`, reason ? { skip: reason } : {}, async (t) => {
        const input = await readNpy(join(folder!, 'input.npy'))
        const expected = await readNpy(join(folder!, 'expected.npy'))
        await using model = await open(join(folder!, engineFiles[engine]), { precision })
        const [output] = Object.values<Tensor>(model.runSync(input))
        const { sqnrDb } = compareTensors(expected, output!)
        const share = halfGridShare(output!.data as Float32Array)
        t.comment(`${sqnrDb?.toFixed(1)} dB, ${(100 * share).toFixed(1)} % of the values on fp16's grid`)
        t.equal(model.effective.precision, active)
        t.ok(sqnrDb! >= floorDb, `${sqnrDb} dB >= ${floorDb} dB`)
        t.equal(share > 0.99, onHalfGrid, `${share} on fp16's grid`)
        if (active !== precision) t.match(model.effective.notes.join(), RegExp(`requested ${precision}`))
      })
    }
  }
}

t.test('there are cases for this processor', here ? {} : { skip: `not for ${process.arch}` }, async (t) => {
  t.ok(here)
})
