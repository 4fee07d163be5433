#pragma once

#include <napi.h>

namespace twinfer {

Napi::Value cpuValues(const Napi::CallbackInfo& info);
Napi::Value gpuValues(const Napi::CallbackInfo& info);

} // namespace twinfer
