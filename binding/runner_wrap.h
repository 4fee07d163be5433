#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "log/log.h"
#include "runner/runner.h"
#include "runner_values.h"
#include "work/lanes.h"

namespace twinfer {

// JavaScript's hold on a Runner: NativeRunner in src/native/NativeRunner.ts. A run is one call with
// arrays of plain values, because every object built here costs as much as a small layer.
class RunnerWrap : public Napi::ObjectWrap<RunnerWrap> {
  public:
    static Napi::Function define(Napi::Env env, Napi::FunctionReference& constructor);
    static Napi::Object wrap(Napi::Env env, std::shared_ptr<Runner> runner, const std::vector<LogLine>& log);

    explicit RunnerWrap(const Napi::CallbackInfo& info);
    void Finalize(Napi::BasicEnv env) override;

  private:
    static Napi::Value open(const Napi::CallbackInfo& info);
    static Napi::Value openSync(const Napi::CallbackInfo& info);

    Napi::Value inputs(const Napi::CallbackInfo& info);
    Napi::Value outputs(const Napi::CallbackInfo& info);
    Napi::Value log(const Napi::CallbackInfo& info);
    Napi::Value effective(const Napi::CallbackInfo& info);
    Napi::Value findOutput(const Napi::CallbackInfo& info);
    Napi::Value tensorNames(const Napi::CallbackInfo& info);
    Napi::Value runSync(const Napi::CallbackInfo& info);
    Napi::Value run(const Napi::CallbackInfo& info);
    Napi::Value close(const Napi::CallbackInfo& info);

    Runner& runner() const; // throws TWINFER_DISPOSED after close()

    std::shared_ptr<Runner> runner_;
    std::shared_ptr<Lanes> lanes_; // null for a runner whose runs may overlap
    std::shared_ptr<ResultValues> values_ = std::make_shared<ResultValues>(); // shared with runs in flight
    std::vector<LogLine> log_;
    size_t memory_ = 0;
};

} // namespace twinfer
