#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "isolate/isolated_runner.h"
#include "open_model.h"

namespace twinfer {

// NativeOpenRequest of src/native/NativeRunner.ts, copied out of JavaScript.
struct OpenRequest {
    ModelRequest model;
    std::optional<Isolation> isolation; // where the engine is to run in a process of its own

    std::shared_ptr<Runner> open() const;
};

// The part of it that says how to run: precision, threads, device, engineOptions, inputShapes.
RunnerOptions runnerOptionsOf(const Napi::Object& request);
OpenRequest openRequestOf(const Napi::Object& request);

} // namespace twinfer
