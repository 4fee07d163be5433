#pragma once

#include <napi.h>

#include "runner/runner.h"

namespace twinfer {

// A typed array over the output's memory where that pays and the runtime allows it (Electron does not),
// over a copy otherwise. `zeroCopy` says which.
Napi::Value toTypedArray(Napi::Env env, OutputTensor output, bool& zeroCopy);

} // namespace twinfer
