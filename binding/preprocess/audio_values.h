#pragma once

#include <napi.h>

namespace twinfer {

// readWav(bytes): { samples, sampleRate, channels }, the samples a Float32Array, interleaved.
Napi::Value readWav(const Napi::CallbackInfo& info);

// logMel(samples, rule, stage): { frames, columns, values }, the values a Float32Array.
Napi::Value logMel(const Napi::CallbackInfo& info);

} // namespace twinfer
