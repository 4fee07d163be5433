#pragma once

#include <napi.h>

namespace twinfer {

// NativePreprocess of src/native/NativePreprocess.ts.
Napi::Object createPreprocess(Napi::Env env);

} // namespace twinfer
