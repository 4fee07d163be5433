import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import { answering } from '../../errors/answering.js'
import { TwinferError } from '../../errors/TwinferError.js'
import { describeValue, suggest } from '../../errors/words.js'
import { resolveAudio } from '../audio/resolveAudio.js'
import { resolvePreprocessing } from '../resolvePreprocessing.js'
import { type Sidecar, type SidecarInput, sidecarVersion } from './Sidecar.js'

/**
 * Checks the content of a sidecar against its JSON Schema and what that cannot say. `name` is the file's, for
 * messages. Throws TWINFER_SIDECAR_INVALID with the place of what is wrong, the expected and the received value, and
 * TWINFER_SIDECAR_UNSUPPORTED for a later version.
 */
export const parseSidecar = answering(
  'parseSidecar',
  function parseSidecar(json: string, name: string): Sidecar {
    const value = parseJson(json, name)
    requireVersion(value, name)
    return requireSidecar(value, name)
  },
)

/** The same for what was parsed already: a golden pack holds a sidecar inside its manifest. */
export function requireSidecar(value: unknown, name: string): Sidecar {
  requireVersion(value, name)
  const { valid, errors } = validator().validate(value)
  if (!valid) throw sidecarError(name, faultOf(value, errors))
  const sidecar = value as Sidecar
  for (const [input, record] of Object.entries(sidecar.inputs)) requireRecord(record, input, name)
  return sidecar
}

/** Fields that do not go together: a filter that the resampler does not have, numbers for other channels. */
function requireRecord({ image, audio }: SidecarInput, input: string, name: string): void {
  try {
    if (image) resolvePreprocessing(image)
    else resolveAudio(audio)
  } catch (cause) {
    const { message, help } = cause as TwinferError
    const kind = image ? 'image' : 'audio'
    throw new TwinferError('TWINFER_SIDECAR_INVALID', `${name}: inputs.${input}.${kind}: ${message}`, {
      help,
      cause,
    })
  }
}

export function sidecarError(name: string, message: string, help?: string): TwinferError {
  return new TwinferError('TWINFER_SIDECAR_INVALID', `${name}: ${message}`, {
    help: help ?? 'Make it again with `twinfer meta init`; docs/preprocessing.md explains every field.',
  })
}

function parseJson(json: string, name: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw sidecarError(name, `expected JSON: ${(cause as Error).message}`)
  }
}

/** Asked first: of a later version no field can be relied on. */
function requireVersion(value: unknown, name: string): void {
  const { format, version } = (value ?? {}) as { readonly format?: unknown; readonly version?: unknown }
  const [, major, minor] = /^(\d{1,9})\.(\d{1,9})$/.exec(String(version)) ?? []
  if (format !== 'twinfer-sidecar' || typeof version !== 'string' || major === undefined) return
  const [ownMajor, ownMinor] = sidecarVersion.split('.').map(Number) as [number, number]
  if (Number(major) === ownMajor && Number(minor) <= ownMinor) return
  throw new TwinferError(
    'TWINFER_SIDECAR_UNSUPPORTED',
    `${name}: expected a sidecar of version ${ownMajor}.0 to ${sidecarVersion}, received ${version}`,
    { help: 'A later twinfer wrote it: update this one, or make it again with `twinfer meta init`.' },
  )
}

type JsonSchema = Readonly<Record<string, unknown>>

let loaded: { readonly validator: Validator; readonly schema: JsonSchema } | undefined

function load() {
  if (loaded === undefined) {
    const file = new URL('../../../assets/sidecar/sidecar.schema.json', import.meta.url)
    const schema = JSON.parse(readFileSync(file, 'utf8')) as JsonSchema
    loaded = { schema, validator: new Validator(schema, '2020-12') }
  }
  return loaded
}

const validator = () => load().validator

interface SchemaFault {
  readonly keyword: string
  readonly keywordLocation: string
  readonly instanceLocation: string
}

/** The first fault in words: `inputs.data.image.size.width: expected …, received …`. */
function faultOf(value: unknown, faults: readonly SchemaFault[]): string {
  const unknownField = faults.find(({ keyword }) => keyword === 'false')
  const alternatives = faults.find(({ keyword }) => keyword === 'anyOf')
  const fault = unknownField ?? alternatives ?? faults.at(-1)!
  const path = segmentsOf(fault.instanceLocation)
  if (fault.keyword === 'false') return unknownFieldAt(path, faults)
  const schema = schemaAt(segmentsOf(fault.keywordLocation).slice(0, -1))
  const received = valueAt(value, path)
  if (fault.keyword === 'required') {
    const names = schema.required as readonly string[]
    const missing = names.find((field) => !Object.hasOwn(received as object, field))!
    return `${placeOf([...path, missing])}: expected ${expectedBy(propertyOf(schema, missing))}, received nothing`
  }
  const shown = typeof received === 'number' ? String(received) : describeValue(received)
  const isCounted = /^(min|max)Properties$/.test(fault.keyword) && schema.title === undefined
  const wanted = path.length === 0 ? 'an object' : isCounted ? schema.description : expectedBy(schema)
  return `${placeOf(path)}: expected ${wanted}, received ${shown}`
}

function unknownFieldAt(path: readonly string[], faults: readonly SchemaFault[]): string {
  const holder = faults.findLast(({ keyword }) => keyword === 'additionalProperties')!
  const known = Object.keys(schemaAt(segmentsOf(holder.keywordLocation).slice(0, -1)).properties ?? {})
  const field = path.at(-1)!
  const near = suggest(field, known)
  return `${placeOf(path)}: expected one of ${known.join(', ')}, received the unknown field '${field}'${near && `. ${near}`}`
}

/** What a schema asks for, in the words of an error message. */
function expectedBy(schema: JsonSchema): string {
  const { title, enum: words, const: only, type, $ref } = schema
  if (typeof title === 'string') return title
  if (typeof $ref === 'string') return expectedBy(schemaAt(segmentsOf($ref)))
  if (Array.isArray(words)) return `one of ${words.join(', ')}`
  if (only !== undefined) return JSON.stringify(only)
  const article = {
    object: 'an object',
    array: 'a list',
    boolean: 'true or false',
    integer: 'a whole number',
  }
  if (typeof type === 'string' && Object.hasOwn(article, type)) return article[type as keyof typeof article]
  if (type === 'array' || schema.minItems !== undefined) return 'a list with an entry'
  return typeof type === 'string' ? `a ${type}` : 'another value'
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema {
  return (schema.properties as Readonly<Record<string, JsonSchema>>)[name]!
}

/** What lies at a place of the schema, which leads through its references. */
function schemaAt(segments: readonly string[]): JsonSchema {
  const { schema: root } = load()
  let at: JsonSchema = root
  for (const segment of segments) {
    const next = at[segment]
    at = segment === '$ref' ? schemaAt(segmentsOf(next as string)) : (next as JsonSchema)
  }
  return at
}

/** Of a JSON pointer in a fragment: `#/inputs/a~1b`. */
function segmentsOf(pointer: string): readonly string[] {
  const [, ...segments] = pointer.split('/')
  return segments.map((segment) => decoded(segment).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // a name with a bare percent sign
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, field) => (at as Readonly<Record<string, unknown>>)?.[field], value)
}

function placeOf(path: readonly string[]): string {
  if (path.length === 0) return 'the whole'
  return path.map((field, i) => (/^\d+$/.test(field) ? `[${field}]` : i === 0 ? field : `.${field}`)).join('')
}
