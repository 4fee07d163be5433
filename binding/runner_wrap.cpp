#include "runner_wrap.h"

#include "addon.h"
#include "arguments.h"
#include "error.h"
#include "guard.h"
#include "open_request.h"
#include "open_task.h"
#include "run_arguments.h"
#include "run_task.h"
#include "runner_values.h"

namespace twinfer {

Napi::Function RunnerWrap::define(Napi::Env env, Napi::FunctionReference& constructor) {
    const Napi::Function defined = DefineClass(env, "Runner",
                                               {
                                                   StaticMethod<&RunnerWrap::open>("open"),
                                                   StaticMethod<&RunnerWrap::openSync>("openSync"),
                                                   InstanceAccessor<&RunnerWrap::inputs>("inputs"),
                                                   InstanceAccessor<&RunnerWrap::outputs>("outputs"),
                                                   InstanceAccessor<&RunnerWrap::log>("log"),
                                                   InstanceMethod<&RunnerWrap::effective>("effective"),
                                                   InstanceMethod<&RunnerWrap::findOutput>("findOutput"),
                                                   InstanceMethod<&RunnerWrap::tensorNames>("tensorNames"),
                                                   InstanceMethod<&RunnerWrap::runSync>("runSync"),
                                                   InstanceMethod<&RunnerWrap::run>("run"),
                                                   InstanceMethod<&RunnerWrap::close>("close"),
                                               });
    constructor = Napi::Persistent(defined);
    return defined;
}

Napi::Object RunnerWrap::wrap(Napi::Env env, std::shared_ptr<Runner> runner,
                              const std::vector<LogLine>& log) {
    const Napi::Object object = Addon::of(env).runner.New({});
    RunnerWrap& self = *Unwrap(object);
    if (const int lanes = runner->lanes(); lanes > 0) {
        self.lanes_ = std::make_shared<Lanes>(size_t(lanes));
        Addon::of(env).pool().allow(size_t(lanes));
    }
    self.log_ = log;
    self.memory_ = runner->memory();
    self.runner_ = std::move(runner);
    Napi::MemoryManagement::AdjustExternalMemory(env, int64_t(self.memory_));
    return object;
}

RunnerWrap::RunnerWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

void RunnerWrap::Finalize(Napi::BasicEnv env) {
    if (runner_) Napi::MemoryManagement::AdjustExternalMemory(env, -int64_t(memory_));
}

Napi::Value RunnerWrap::open(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        auto task =
            std::make_unique<OpenTask>(env, openRequestOf(Arguments(info, "open").object(0, "request")));
        const Napi::Value promise = task->promise();
        Addon::of(env).pool().submit(std::move(task));
        return promise;
    });
}

Napi::Value RunnerWrap::openSync(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&](LogCapture& capture) -> Napi::Value {
        const OpenRequest request = openRequestOf(Arguments(info, "openSync").object(0, "request"));
        std::shared_ptr<Runner> runner = request.open();
        const std::vector<LogLine> lines = capture.take();
        Addon::of(env).log(env, lines);
        return wrap(env, std::move(runner), lines);
    });
}

Runner& RunnerWrap::runner() const {
    if (!runner_) {
        throw Error("TWINFER_DISPOSED", "this model was disposed", "Open it again, or dispose it later.");
    }
    return *runner_;
}

Napi::Value RunnerWrap::inputs(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), runner().inputs()); });
}

Napi::Value RunnerWrap::outputs(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), runner().outputs()); });
}

Napi::Value RunnerWrap::log(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), log_); });
}

Napi::Value RunnerWrap::effective(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toObject(info.Env(), runner().effective()); });
}

Napi::Value RunnerWrap::findOutput(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const std::string name = Arguments(info, "findOutput").string(0, "name");
        return Napi::Number::New(info.Env(), runner().findOutput(name));
    });
}

Napi::Value RunnerWrap::tensorNames(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const std::vector<std::string> names = runner().tensorNames();
        Napi::Array array = Napi::Array::New(info.Env(), names.size());
        for (uint32_t i = 0; i < names.size(); i++) array[i] = Napi::String::New(info.Env(), names[i]);
        return array;
    });
}

Napi::Value RunnerWrap::runSync(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&](LogCapture& capture) -> Napi::Value {
        Runner& model = runner();
        const RunRequest request = runRequestOf(info, model.inputs().size());
        RunResult result = model.run(request);
        const std::vector<LogLine> lines = capture.take();
        Addon::of(env).log(env, lines);
        return values_->toArray(env, std::move(result), runDestinations(info), lines);
    });
}

Napi::Value RunnerWrap::run(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        Runner& model = runner();
        RunRequest request = runRequestOf(info, model.inputs().size());
        auto task =
            std::make_unique<RunTask>(env, runner_, values_, std::move(request), runDestinations(info),
                                      info.Length() > 4 ? info[4] : env.Undefined());
        const Napi::Value promise = task->promise();
        Addon::of(env).pool().submit(std::move(task), lanes_);
        return promise;
    });
}

Napi::Value RunnerWrap::close(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        if (runner_) {
            Napi::MemoryManagement::AdjustExternalMemory(env, -int64_t(memory_));
            runner_.reset(); // a run in flight holds a reference of its own
        }
        return env.Undefined();
    });
}

} // namespace twinfer
