#pragma once

#include <napi.h>

#include <memory>

#include "runner/runner.h"

namespace twinfer {

// NativeOpenRequest of src/native/NativeRunner.ts, copied out of JavaScript.
struct OpenRequest {
    bool ncnn;
    ModelFile model;
    ModelFile weights; // ncnn only
    RunnerOptions options;

    std::shared_ptr<Runner> open() const;
};

// The part of it that says how to run: precision, threads, device, engineOptions, inputShapes.
RunnerOptions runnerOptionsOf(const Napi::Object& request);
OpenRequest openRequestOf(const Napi::Object& request);

} // namespace twinfer
