import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchMnn } from '../../engines/fetch-mnn.mjs'
import { projectRoot } from '../../engines/paths.mjs'

const accessor =
  /^ {2}(?:const )?([\w:<>, ]+?) ?\*?(?<name>\w+)\(\) const \{\n {4}return .*?(?<how>GetPointer|GetField)<(?<type>.*)>\((?<place>\d+)(?:, (?<usual>[^)]+))?\)/gm

/**
 * MNN's schema as its generated headers have it: enums as { name: value }, tables as [{ name, slot, type, stored, usual }],
 * and the operators of this build with their fewest inputs and their parameters, from the verifier's table.
 */
export async function readMnnSchema() {
  const folder = join(await fetchMnn(), 'schema/current')
  const headers = readdirSync(folder).filter((name) => name.endsWith('_generated.h'))
  const source = headers.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  const rules = readFileSync(join(projectRoot, 'cpp/format/mnn/operator_rule.cpp'), 'utf8')
  return { enums: enumsIn(source), tables: tablesIn(source), operators: operatorsIn(rules) }
}

function enumsIn(source) {
  const enums = {}
  for (const [, type, body] of source.matchAll(/^enum (\w+)(?: : \w+)? \{([^}]*)\}/gm)) {
    const values = [...body.matchAll(/(\w+) = (-?\d+)/g)]
    enums[type] = Object.fromEntries(
      values.map(([, name, value]) => [name.slice(type.length + 1), Number(value)]),
    )
  }
  return enums
}

function tablesIn(source) {
  const tables = {}
  const structs = /^struct (\w+) FLATBUFFERS_FINAL_CLASS : private flatbuffers::Table \{(.*?)^\};/gms
  for (const [, table, body] of source.matchAll(structs)) {
    tables[table] = [...body.matchAll(accessor)].map(({ 1: said, groups }) => ({
      name: groups.name,
      slot: (Number(groups.place) - 4) / 2,
      type: groups.how === 'GetField' ? said : groups.type.replace(/^const (.*) \*$/, '$1'),
      stored: groups.how === 'GetField' ? groups.type : undefined,
      usual: Number.parseFloat(groups.usual ?? '0'),
    }))
  }
  return tables
}

function operatorsIn(rules) {
  const row = /^ {4}(ONE|TWO|OPTIONAL|ANY)\((\w+), (\d)(?:, (\w+))?(?:, (\w+))?\),/gm
  return Object.fromEntries(
    [...rules.matchAll(row)].map(([, how, type, inputs, ...parameters]) => [
      type,
      {
        inputs: Number(inputs),
        parameters: parameters.filter(Boolean),
        mayLack: how === 'OPTIONAL' || how === 'ANY',
      },
    ]),
  )
}
