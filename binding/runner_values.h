#pragma once

#include <napi.h>

#include <vector>

#include "log/log.h"
#include "run_arguments.h"
#include "runner/runner.h"

namespace twinfer {

// The values of src/native/NativeRunner.ts.
Napi::Array toArray(Napi::Env env, const std::vector<TensorSpec>& specs);
Napi::Object toObject(Napi::Env env, const Effective& effective);
Napi::Array toArray(Napi::Env env, RunResult result, const Destinations& destinations,
                    const std::vector<LogLine>& log);

} // namespace twinfer
