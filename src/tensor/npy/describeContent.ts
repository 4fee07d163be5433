const signatures: readonly (readonly [start: string, what: string])[] = [
  ['PK\x03\x04', 'a zip archive; an .npz is one, and holds several .npy files'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x80\x02', 'a Python pickle'],
  ['\x80\x03', 'a Python pickle'],
  ['\x80\x04', 'a Python pickle'],
  ['\x80\x05', 'a Python pickle'],
  ['version https://git-lfs', 'a Git LFS pointer, not the file it stands for'],
  ['NUMPY', 'a .npy file whose first byte was lost, as text-mode transfers do'],
]

/** What a file that is no .npy looks like by its first bytes, or undefined where nobody can tell. */
export function describeContent(start: Uint8Array): string | undefined {
  if (start.length === 0) return 'an empty file'
  const text = Buffer.from(start.subarray(0, 512)).toString('latin1')
  const known = signatures.find(([signature]) => text.startsWith(signature))
  if (known) return known[1]
  if (looksLikeOnnx(start)) return 'an ONNX model (protobuf)'
  return /^[\t\n\r -~]+$/.test(text) ? `text: ${JSON.stringify(text.trim().slice(0, 40))}` : undefined
}

/** ModelProto starts with field 1, ir_version, a small number; another field of 2..8 follows. */
function looksLikeOnnx(start: Uint8Array): boolean {
  const [first, version, next] = start
  if (first !== 0x08 || version === undefined || version === 0 || version > 32 || next === undefined)
    return false
  const field = next >> 3
  return field >= 2 && field <= 8 && (next & 7) === (field === 5 ? 0 : 2)
}
