#pragma once

#include <memory>

#include "../promise_task.h"
#include "comparison_values.h"

namespace twinfer {

// One asynchronous comparison. It works on a copy: JavaScript may change, transfer or detach an array at any
// time before the promise settles.
class ComparisonTask : public PromiseTask {
  public:
    ComparisonTask(Napi::Env env, const metrics::ComparisonRequest& request);

    size_t bytes() const override { return bytes_; }

  protected:
    void perform() override { comparison_ = metrics::compare(request_); }
    Napi::Value result(Napi::Env env) override { return toObject(env, comparison_); }

  private:
    metrics::ComparisonRequest request_;
    metrics::Comparison comparison_;
    std::unique_ptr<char[]> copy_;
    size_t bytes_;
};

} // namespace twinfer
