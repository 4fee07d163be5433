#pragma once

#include <napi.h>

#include <memory>

#include "mnn/tensor_map.h"

namespace twinfer {

// NativeTensorMap: { data, shape, unmap() }. `data` is a typed array over the mapped memory, detached when
// the map ends; over a copy that goes back at the end where the runtime allows no foreign memory.
Napi::Object toObject(Napi::Env env, std::shared_ptr<mnn::TensorMap> map);

} // namespace twinfer
