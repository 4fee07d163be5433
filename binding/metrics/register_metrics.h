#pragma once

#include <napi.h>

namespace twinfer {

// NativeMetrics of src/native/NativeMetrics.ts.
Napi::Object createMetrics(Napi::Env env);

} // namespace twinfer
