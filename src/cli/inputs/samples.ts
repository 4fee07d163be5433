import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { TwinferError } from '../../errors/TwinferError.js'
import type { ModelFile } from '../../file/ModelFile.js'
import { decodeImage } from '../../preprocess/decodeImage.js'
import type { Preprocessing } from '../../preprocess/Preprocessing.js'
import { preprocess } from '../../preprocess/preprocess.js'
import { findSidecar, recordsOf } from '../../preprocess/sidecar/sidecarFile.js'
import { randomFeed } from '../../tensor/randomTensor.js'
import type { ModelTensor } from '../models/openModel.js'
import type { InputShapes } from '../parseOptions.js'
import type { GivenInput } from './assignInputs.js'
import { parseInputSpec, readInputs } from './readInputs.js'

/** What one run is fed. */
export interface InputSample {
  readonly name: string
  read(): Promise<readonly GivenInput[]>
}

/** Where samples come from: `given`: the one that `-i` names. */
export type SampleSource = 'given' | 'files' | 'images' | 'random'

export interface InputSamples {
  readonly source: SampleSource
  /** Of random values. */
  readonly seed: number | null
  readonly samples: readonly InputSample[]
}

export interface SampleRequest {
  readonly input?: readonly string[]
  /** Patterns of files, `NAME=PATTERN` for one of several inputs. */
  readonly inputs?: readonly string[]
  /** Folders, patterns or files of pictures. */
  readonly images?: readonly string[]
  /** How many samples of random values. */
  readonly random?: number
  readonly seed?: number
  readonly inputShape?: InputShapes
}

const seedByDefault = 1

/**
 * What the models are to be run on: the inputs of `-i`, beside each of the samples that are asked for. Where nothing is
 * given, one sample of random values.
 *
 * @param infos finds out the reference's inputs, where they are needed; undefined for recorded outputs, which belong to one input that was given.
 * @param files whose sidecars say how a picture becomes an input: the first that has one.
 */
export async function readSamples(
  request: SampleRequest,
  infos: (() => Promise<readonly ModelTensor[]>) | undefined,
  files: readonly ModelFile[],
): Promise<InputSamples> {
  const { inputs, images, random, seed = seedByDefault } = request
  requireOneSource(request, infos !== undefined)
  const beside = await readInputs(request.input)
  const withGiven = (samples: readonly InputSample[]) =>
    samples.map(({ name, read }) => ({ name, read: async () => [...beside, ...(await read())] }))
  if (inputs) return { source: 'files', seed: null, samples: withGiven(await fileSamples(inputs)) }
  if (images) return { source: 'images', seed: null, samples: withGiven(await imageSamples(images, files)) }
  const given = {
    source: 'given',
    seed: null,
    samples: [{ name: 'the input', read: async () => beside }],
  } as const
  if (!infos || (random === undefined && beside.length > 0)) return given
  const free = (await infos()).filter(({ name }) => !beside.some((input) => input.name === name))
  if (free.every(({ unused }) => unused)) return given
  const samples = Array.from({ length: random ?? 1 }, (_, at) => ({
    name: `random ${at + 1}`,
    read: async () =>
      Object.entries(randomFeed(free, seed + at, request.inputShape)).map(([name, tensor]) => ({
        name,
        file: `random values (seed ${seed + at})`,
        tensor,
      })),
  }))
  return { source: 'random', seed, samples: withGiven(samples) }
}

/** Throws TWINFER_USAGE for two kinds of samples, for any beside recorded outputs, and for a seed of nothing. */
function requireOneSource({ inputs, images, random, seed }: SampleRequest, isModel: boolean): void {
  const asked = Object.entries({ '--inputs': inputs, '--images': images, '--random': random }).flatMap(
    ([option, value]) => (value === undefined ? [] : [option]),
  )
  if (asked.length > 1) throw usage(`expected one of ${asked.join(' and ')}, received both`)
  if (seed !== undefined && (inputs || images)) throw usage('--seed: expected --random beside it')
  if (isModel || asked.length === 0) return
  throw usage(`${asked[0]}: expected a model as the reference, received recorded outputs`, {
    help: 'These belong to one input: give it with -i.',
  })
}

const usage = (message: string, more: { help?: string } = {}) =>
  new TwinferError('TWINFER_USAGE', message, more)

/** One sample a file; with names, the first files of all patterns are a sample, then the second ones. */
async function fileSamples(patterns: readonly string[]): Promise<readonly InputSample[]> {
  const lists = new Map<string | undefined, string[]>()
  for (const pattern of patterns) {
    const { name, file, member } = parseInputSpec(pattern)
    const list = lists.get(name) ?? []
    const files = await filesOf('--inputs', file)
    list.push(...files.map((one) => (member === undefined ? one : `${one}:${member}`)))
    lists.set(name, list)
  }
  const entries = [...lists]
  const [, first] = entries[0]!
  const uneven = entries.find(([, list]) => list.length !== first.length)
  if (uneven) {
    throw usage(
      `--inputs: expected ${first.length} files for '${uneven[0] ?? 'the unnamed input'}', as for '${entries[0]![0] ?? 'the unnamed one'}', received ${uneven[1].length}`,
      {
        help: 'The first files of all inputs are one sample, then the second ones, in the order of their names.',
      },
    )
  }
  return first.map((file, at) => ({
    name: file,
    read: () =>
      readInputs(entries.map(([name, list]) => (name === undefined ? list[at]! : `${name}=${list[at]!}`))),
  }))
}

const pictures = /\.(jpe?g|png|webp|tiff?|gif|avif|bmp)$/i

async function imageSamples(
  given: readonly string[],
  files: readonly ModelFile[],
): Promise<readonly InputSample[]> {
  const record = await recordOf(files)
  const found: string[] = []
  for (const one of given) found.push(...(await filesOf('--images', one, pictures)))
  return found.map((file) => ({
    name: basename(file),
    read: async () => [{ file, tensor: preprocess(await decodeImage(file), record) }],
  }))
}

/** The record of the first model that has one. Throws TWINFER_SIDECAR_MISSING, or TWINFER_USAGE where it has several. */
async function recordOf(files: readonly ModelFile[]): Promise<Preprocessing> {
  for (const { path } of files) {
    const read = path === undefined ? undefined : await findSidecar(path)
    if (read === undefined) continue
    const [first, ...others] = Object.entries(recordsOf(read.sidecar))
    if (first === undefined) {
      throw usage(`--images: expected a sidecar with the record of a picture, ${read.path} has none`, {
        help: 'Make inputs of sound with `twinfer preprocess`, and give them with --inputs.',
      })
    }
    if (others.length > 0) {
      throw usage(`--images: expected a sidecar with one picture, ${read.path} has ${others.length + 1}`, {
        help: 'Make the inputs with `twinfer preprocess`, and give them with --inputs NAME=PATTERN.',
      })
    }
    return first[1]
  }
  throw new TwinferError(
    'TWINFER_SIDECAR_MISSING',
    `--images: expected a sidecar beside one of the models (${files.map(({ name }) => name).join(', ')}), received none`,
    { help: 'Write one with `twinfer meta init MODEL`: it says how pixels become the input.' },
  )
}

/** A file, those in a folder that look like pictures, or those that a pattern names, by their names. */
async function filesOf(option: string, given: string, wanted?: RegExp): Promise<readonly string[]> {
  const inFolder = await readdir(given).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new TwinferError('TWINFER_FILE_UNREADABLE', `${option}: cannot read ${given}: ${error.message}`, {
      help: 'Check the permissions of the folder.',
      cause: error,
    })
  })
  const found = inFolder
    ? inFolder
        .filter((name) => wanted?.test(name) ?? /\.np[yz]$/i.test(name))
        .map((name) => join(given, name))
    : await matching(given)
  if (found.length > 0) return found.toSorted()
  throw new TwinferError('TWINFER_FILE_NOT_FOUND', `${option}: expected files, received none for ${given}`, {
    help: inFolder
      ? `A folder is searched for ${wanted ? 'pictures' : '.npy and .npz files'} of its own, not for those in folders below.`
      : 'Put a pattern in quotes, so that the shell leaves it alone.',
  })
}

/** What is a file's very name is that file, whatever it looks like; its opener says where it is not there. */
async function matching(pattern: string): Promise<readonly string[]> {
  const { glob, isDynamicPattern } = await import('tinyglobby')
  return isDynamicPattern(pattern) ? glob(pattern, { onlyFiles: true, expandDirectories: false }) : [pattern]
}
