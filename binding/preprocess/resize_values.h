#pragma once

#include <napi.h>

namespace twinfer {

// resize(pixels, image, target, resampler, interpolation, smooths): a Uint8Array, of torchvision a
// Float32Array.
Napi::Value resize(const Napi::CallbackInfo& info);

} // namespace twinfer
