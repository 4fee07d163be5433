#pragma once

#include <napi.h>

namespace twinfer {

// ncnn.maskLayers(param: string, layers: number[], bits: number):
//   { text: string, bridges: { from, to, blob, layer }[], wide: number[] }
Napi::Value maskNcnnLayers(const Napi::CallbackInfo& info);

// ncnn.mendParam(param: Uint8Array): { text: Uint8Array, hadByteOrderMark: boolean, lackedMagic: boolean,
//   counts: string, rightCounts: string } | undefined
Napi::Value mendNcnnParam(const Napi::CallbackInfo& info);

} // namespace twinfer
