#pragma once

#include <memory>
#include <utility>

#include "open_request.h"
#include "promise_task.h"
#include "runner_wrap.h"

namespace twinfer {

class OpenTask : public PromiseTask {
  public:
    OpenTask(Napi::Env env, OpenRequest request) : PromiseTask(env), request_(std::move(request)) {}

    size_t bytes() const override { return 0; }

  protected:
    void perform() override { runner_ = request_.open(); }

    Napi::Value result(Napi::Env env) override { return RunnerWrap::wrap(env, std::move(runner_), log()); }

  private:
    OpenRequest request_;
    std::shared_ptr<Runner> runner_;
};

} // namespace twinfer
