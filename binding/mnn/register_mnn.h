#pragma once

#include <napi.h>

namespace twinfer {

class Addon;

// NativeMnn of src/native/NativeMnn.ts.
Napi::Object createMnn(Napi::Env env, Addon& addon);

} // namespace twinfer
