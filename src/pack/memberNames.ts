import { npyFileNames } from '../tensor/npy/npyFileNames.js'

/** Names for the members of one folder of a pack: NumPy users see which tensor is which. */
export function memberNames(folder: string): (name: string) => string {
  const fileName = npyFileNames()
  return (name) => `${folder}/${fileName(name)}`
}
