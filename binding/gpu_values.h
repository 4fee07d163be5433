#pragma once

#include <napi.h>

#include <vector>

#include "vulkan/gpu_info.h"

namespace twinfer {

// NativeGpu of src/native/NativeRunner.ts, one for each device.
Napi::Array toArray(Napi::Env env, const std::vector<GpuInfo>& gpus);

} // namespace twinfer
