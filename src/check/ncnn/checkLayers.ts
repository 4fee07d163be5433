import { layerTypes } from '../../inspect/ncnn/layerTypes.js'
import type { NcnnLayer } from '../../inspect/ncnn/NcnnLayer.js'
import type { NcnnParam } from '../../inspect/ncnn/NcnnParam.js'
import { nearestName } from '../../inspect/nearestName.js'
import type { FindingList } from '../FindingList.js'
import { arityOf } from './arityOf.js'
import { LayerParams } from './LayerParams.js'
import { ParamChecks } from './ParamChecks.js'
import { reducesNothing } from './reductionAxes.js'
import { ruleOf } from './rules/ruleOf.js'

/** What ncnn takes for granted about each layer by itself, and about the names. */
export function checkLayers({ layers, blobCount }: NcnnParam, findings: FindingList): void {
  for (const layer of layers) {
    if (leftOut.has(layer.type)) reportLeftOut(layer, findings)
    else if (layerTypes.has(layer.type)) checkLayer(layer, findings)
    else reportUnknown(layer, findings)
  }
  checkNames(layers, findings)
  checkBlobCount(layers, blobCount, findings)
}

/** ncnn knows them and its build leaves them out (its list of layers says OFF). */
const leftOut = new Set(['ArgMax', 'SPP'])
/** Operators that pnnx writes as they are where it has no layer for them. */
const ofFrameworks = /^(pnnx|nn|F|torch|Tensor|torchvision)\.|^(aten|prim|torchvision)::/

function reportUnknown({ type, name, line }: NcnnLayer, findings: FindingList): void {
  const near = nearestName(type, [...layerTypes])
  const help = ofFrameworks.test(type)
    ? 'pnnx left this operator unconverted, and exits with 0 all the same: replace it in the source model.'
    : 'A custom layer is code of an application, which registers it with ncnn; the file may be sound, and runs there only.'
  const misspelt = near && !type.includes('.') ? ` If it is misspelt: the nearest type is ${near}.` : ''
  findings.error('unknown-layer', `line ${line}: ncnn has no layer type '${type}'`, {
    layer: name,
    help: help + misspelt,
  })
}

function reportLeftOut({ type, name, line }: NcnnLayer, findings: FindingList): void {
  findings.error('unknown-layer', `line ${line}: this build of ncnn has no '${type}'`, {
    layer: name,
    help: 'ncnn 20261020 leaves this type out of its builds: compute it behind the network.',
  })
}

function checkLayer(layer: NcnnLayer, findings: FindingList): void {
  const params = new LayerParams(layer)
  checkArity(layer, findings)
  const checks = new ParamChecks(params)
  ruleOf(layer.type)?.check?.(params, checks)
  for (const problem of checks.problems)
    findings.error('parameters', `line ${layer.line}: ${layer.type}: ${problem}`, {
      layer: layer.name,
      help: 'ncnn would read past its weights: correct the line, or convert the model again.',
    })
  const marker = oldFormat(layer.type, params)
  if (marker !== undefined)
    findings.error('old-format', `line ${layer.line}: ${layer.type} with axes and without ${marker}=1`, {
      layer: layer.name,
      help: 'ncnn counted axes in another way once, and refuses files from before: convert the model again.',
    })
  if (layer.type !== 'Reduction' || !reducesNothing(params)) return
  findings.error(
    'no-axes',
    `line ${layer.line}: Reduction with reduce_all (1=) 0 and no axes (3=): it reduces nothing`,
    {
      layer: layer.name,
      help: 'The next layer gets a larger blob than its weights are for and crashes: convert with keepdim, or with another way to write the sum.',
    },
  )
}

/** The key that says that axes are counted as now, where it is missing (load_param says "too old"). */
function oldFormat(type: string, params: LayerParams): number | undefined {
  if (type === 'Softmax') return params.int(0) !== 0 && params.int(1) === 0 ? 1 : undefined
  return type === 'Reduction' && params.length(3) > 0 && params.int(5) === 0 ? 5 : undefined
}

function checkArity(layer: NcnnLayer, findings: FindingList): void {
  const { leastInputs, mostInputs, leastOutputs, mostOutputs } = arityOf(layer)
  const [inputs, outputs] = [layer.inputs.length, layer.outputs.length]
  const place = { layer: layer.name, help: 'ncnn would read an element that is not there.' }
  if (inputs < leastInputs)
    findings.error(
      'layer-inputs',
      `line ${layer.line}: ${layer.type}: expected at least ${leastInputs} inputs, received ${inputs}`,
      place,
    )
  if (inputs > mostInputs)
    findings.error(
      'layer-inputs',
      `line ${layer.line}: ${layer.type}: expected ${mostInputs} input, received ${inputs}`,
      { layer: layer.name, help: 'ncnn 20261020 refuses such a file: convert the model again.' },
    )
  if (outputs < leastOutputs || outputs > mostOutputs)
    findings.error(
      'layer-outputs',
      `line ${layer.line}: ${layer.type}: expected ${leastOutputs} to ${mostOutputs} outputs, received ${outputs}`,
      place,
    )
}

/** ncnn finds the first blob of a name, whatever the second reader meant; layers it never looks up. */
function checkNames(layers: readonly NcnnLayer[], findings: FindingList): void {
  const names = new Set<string>()
  const repeated = new Set<string>()
  const producers = new Map<string, NcnnLayer>()
  for (const layer of layers) {
    ;(names.has(layer.name) ? repeated : names).add(layer.name)
    for (const blob of layer.outputs) {
      const producer = producers.get(blob)
      if (producer)
        findings.error(
          'duplicate-blob',
          `lines ${producer.line} and ${layer.line}: '${producer.name}' and '${layer.name}' both produce blob '${blob}'`,
          { layer: layer.name, help: 'ncnn gives the first one to every reader: rename one.' },
        )
      producers.set(blob, layer)
    }
  }
  const [first, ...others] = repeated
  if (first === undefined) return
  const more = others.length > 0 ? ` and ${others.length} other names` : ''
  findings.info(
    'duplicate-layer',
    `more than one layer is called '${first}'${more}, which ncnn never asks for`,
  )
}

function checkBlobCount(layers: readonly NcnnLayer[], declared: number, findings: FindingList): void {
  const produced = new Set(layers.flatMap(({ outputs }) => outputs)).size
  if (!(declared > produced)) return
  findings.warning('blob-count', `line 2 declares ${declared} blobs, the layers produce ${produced}`, {
    help: 'ncnn ignores the difference, but the file was edited or is not complete.',
  })
}
