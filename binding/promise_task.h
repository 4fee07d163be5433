#pragma once

#include <napi.h>

#include <exception>
#include <vector>

#include "addon.h"
#include "log/log.h"
#include "work/task.h"

namespace twinfer {

// A task that settles a promise. A subclass says what to do off the thread and what to resolve with.
class PromiseTask : public Task {
  public:
    explicit PromiseTask(Napi::Env env) : deferred_(Napi::Promise::Deferred::New(env)) {}

    Napi::Promise promise() const { return deferred_.Promise(); }

    void execute() noexcept final {
        LogCapture capture;
        try {
            perform();
        } catch (...) {
            failure_ = std::current_exception();
        }
        log_ = capture.take();
    }

    void settle(Napi::Env env) final {
        Addon& addon = Addon::of(env);
        try {
            if (failure_) std::rethrow_exception(failure_);
            const Napi::Value value = result(env);
            addon.log(env, log_);
            deferred_.Resolve(value);
            return;
        } catch (const Napi::Error& thrown) { // by the logger, or because no JavaScript can run any more
            deferred_.Reject(thrown.Value());
        } catch (...) {
            deferred_.Reject(addon.makeError(env, std::current_exception(), log_).Value());
        }
        addon.log(env, log_);
    }

  protected:
    virtual void perform() = 0;
    virtual Napi::Value result(Napi::Env env) = 0;

    const std::vector<LogLine>& log() const { return log_; }

  private:
    Napi::Promise::Deferred deferred_;
    std::exception_ptr failure_;
    std::vector<LogLine> log_;
};

} // namespace twinfer
