#pragma once

#include <napi.h>

namespace twinfer {

class Addon;

// NativeNcnn of src/native/NativeNcnn.ts.
Napi::Object createNcnn(Napi::Env env, Addon& addon);

} // namespace twinfer
