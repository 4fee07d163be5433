#include "register_metrics.h"

#include <algorithm>

#include "../addon.h"
#include "../arguments.h"
#include "../guard.h"
#include "comparison_task.h"
#include "comparison_values.h"
#include "error.h"
#include "metrics/exponents.h"

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

// exponents(floats: Uint8Array, fractionBits: number): Uint32Array of 513, the last one for zeros
Napi::Value exponents(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "exponents");
        const TypedArrayView floats = arguments.typedArray(0, "floats");
        const double fractionBits = arguments.number(1, "fractionBits");
        if (fractionBits != 23 && fractionBits != 10 && fractionBits != 7) {
            throw Error("TWINFER_INVALID_ARGUMENT",
                        "fractionBits: expected 23, 10 or 7, received " + std::to_string(fractionBits));
        }
        const metrics::ExponentCounts found = metrics::countExponents(
            static_cast<const uint8_t*>(floats.data), floats.bytes, static_cast<unsigned>(fractionBits));
        Napi::Uint32Array array = Napi::Uint32Array::New(info.Env(), found.counts.size() + 1);
        std::copy(found.counts.begin(), found.counts.end(), array.Data());
        array[found.counts.size()] = found.zeros;
        return array;
    });
}

} // namespace

Napi::Object createMetrics(Napi::Env env) {
    Napi::Object object = Napi::Object::New(env);
    object["measure"] = Napi::Function::New<measure>(env, "measure");
    object["measureAsync"] = Napi::Function::New<measureAsync>(env, "measureAsync");
    object["exponents"] = Napi::Function::New<exponents>(env, "exponents");
    return object;
}

} // namespace twinfer
