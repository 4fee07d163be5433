#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "runner/runner.h"

namespace twinfer {

// { data, shape, dtype, layout } of NativeHostTensor.
Napi::Object toObject(Napi::Env env, OutputTensor output);
Napi::Array toArray(Napi::Env env, std::vector<OutputTensor> outputs);

// { data, shape } over the caller's memory. Throws TWINFER_INVALID_ARGUMENT; `what` names it.
InputView inputViewOf(Napi::Value value, const std::string& what);
std::vector<InputView> inputViewsOf(Napi::Value value, const std::string& what);

} // namespace twinfer
