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

// Makes the NativeRunResults of one runner. Its outputs mostly keep their shapes, so the JavaScript arrays
// for these are made once.
class ResultValues {
  public:
    Napi::Array toArray(Napi::Env env, RunResult result, const Destinations& destinations,
                        const std::vector<LogLine>& log);

  private:
    Napi::Value shapes(Napi::Env env, const std::vector<OutputTensor>& outputs);

    std::vector<Shape> shapes_;
    Napi::ObjectReference array_;
};

} // namespace twinfer
