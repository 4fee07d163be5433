#include "register_metrics.h"

#include "../addon.h"
#include "../guard.h"
#include "comparison_task.h"
#include "comparison_values.h"

namespace twinfer {

namespace {

Napi::Value measure(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        return toObject(info.Env(), metrics::compare(comparisonRequestOf(info)));
    });
}

Napi::Value measureAsync(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        auto task = std::make_unique<ComparisonTask>(env, comparisonRequestOf(info));
        const Napi::Value promise = task->promise();
        Addon::of(env).pool().submit(std::move(task));
        return promise;
    });
}

} // namespace

Napi::Object createMetrics(Napi::Env env) {
    Napi::Object object = Napi::Object::New(env);
    object["measure"] = Napi::Function::New<measure>(env, "measure");
    object["measureAsync"] = Napi::Function::New<measureAsync>(env, "measureAsync");
    return object;
}

} // namespace twinfer
