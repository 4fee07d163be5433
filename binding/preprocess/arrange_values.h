#pragma once

#include <napi.h>

namespace twinfer {

// arrange(pixels, image, canvas, channels, dtype): a Float32Array, or a Uint8Array for 'uint8'.
Napi::Value arrange(const Napi::CallbackInfo& info);

} // namespace twinfer
