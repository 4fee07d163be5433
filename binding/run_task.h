#pragma once

#include <memory>
#include <vector>

#include "promise_task.h"
#include "run_arguments.h"
#include "runner/runner.h"
#include "runner_values.h"

namespace twinfer {

// One asynchronous run. It works on a copy of the inputs: JavaScript may change, transfer or detach an
// array at any time before the promise settles.
class RunTask : public PromiseTask {
  public:
    RunTask(Napi::Env env, std::shared_ptr<Runner> runner, std::shared_ptr<ResultValues> values,
            RunRequest request, Destinations destinations, Napi::Value cancelled);

    size_t bytes() const override { return bytes_; }

  protected:
    void perform() override;
    Napi::Value result(Napi::Env env) override;

  private:
    std::shared_ptr<Runner> runner_;
    std::shared_ptr<ResultValues> values_;
    RunRequest request_;
    RunResult result_;
    std::unique_ptr<char[]> inputs_;
    size_t bytes_ = 0;
    Napi::ObjectReference destinations_;   // an array of the caller's typed arrays, or empty
    Napi::ObjectReference cancelledArray_; // whose memory JavaScript sets with Atomics, and the run looks at
};

} // namespace twinfer
