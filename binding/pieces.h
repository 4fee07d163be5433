#pragma once

#include <napi.h>

namespace twinfer {

// ncnn.cut(param: Uint8Array, layers: number[], entering: { name, shape }[], weightsSize: number,
//          word: (offset: number) => number | undefined): { model: Uint8Array, weights: [offset, bytes][] }
Napi::Value cutNcnn(const Napi::CallbackInfo& info);

// mnn.cut(model: string | Uint8Array, operators: number[], given: { name, shape, dtype, format, data? }[],
//         outputs: string[]): { model: Uint8Array, weights: [offset, bytes][] }
Napi::Value cutMnn(const Napi::CallbackInfo& info);

// mnn.sizingTensors(model: string | Uint8Array, operators: number[]): string[]
Napi::Value mnnSizingTensors(const Napi::CallbackInfo& info);

} // namespace twinfer
