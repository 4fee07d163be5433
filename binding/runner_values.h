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

// Makes the NativeRunResults of one runner. Its outputs mostly keep their shapes and types, so the JavaScript
// arrays for these are made once.
class ResultValues {
  public:
    Napi::Array toArray(Napi::Env env, RunResult result, const Destinations& destinations,
                        const std::vector<LogLine>& log);

  private:
    struct Form {
        Shape shape;
        DType dtype;
        Layout layout;
        bool operator==(const Form& other) const {
            return dtype == other.dtype && layout == other.layout && shape == other.shape;
        }
    };

    void describe(Napi::Env env, const std::vector<OutputTensor>& outputs);

    std::vector<Form> forms_; // what shapes_ and types_ tell
    Napi::ObjectReference shapes_;
    Napi::ObjectReference types_;
};

} // namespace twinfer
