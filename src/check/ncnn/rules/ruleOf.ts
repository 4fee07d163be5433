import type { LayerRule } from '../LayerRule.js'
import { convolutionRules } from './convolutionRules.js'
import { elementwiseRules } from './elementwiseRules.js'
import { matrixRules } from './matrixRules.js'
import { normalisationRules } from './normalisationRules.js'
import { recurrentRules } from './recurrentRules.js'
import { shapeRules } from './shapeRules.js'

const groups = [
  convolutionRules,
  matrixRules,
  recurrentRules,
  normalisationRules,
  elementwiseRules,
  shapeRules,
]
const rules = new Map<string, LayerRule>(groups.flatMap((group) => Object.entries(group)))

/** The rule of a layer type; undefined for one that loads nothing and has nothing to check. */
export function ruleOf(type: string): LayerRule | undefined {
  return rules.get(type)
}
