/**
 * ONNX is a protobuf without a magic number: field 1 (ir_version, a small varint) comes first, then another
 * field of ModelProto, all of them below number 26.
 */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  const [irKey, irVersion, key] = bytes
  if (irKey !== 0x08 || irVersion === undefined || irVersion === 0 || irVersion > 32 || key === undefined)
    return false
  const lengthDelimited = 2
  return (key & 7) === lengthDelimited && key >> 3 >= 2 && key >> 3 <= 25
}
