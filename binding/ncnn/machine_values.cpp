#include "machine_values.h"

#include <ncnn/cpu.h>

#include "../gpu_values.h"
#include "../guard.h"
#include "ncnn/machine.h"

namespace twinfer {

Napi::Value cpuValues(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        Napi::Object features = Napi::Object::New(env);
        for (const auto& [name, supported] : cpuFeatures())
            features[name] = Napi::Boolean::New(env, supported);
        Napi::Object cpu = Napi::Object::New(env);
        cpu["features"] = features;
        cpu["cores"] = Napi::Number::New(env, ncnn::get_cpu_count());
        cpu["bigCores"] = Napi::Number::New(env, ncnn::get_big_cpu_count());
        cpu["physicalCores"] = Napi::Number::New(env, ncnn::get_physical_cpu_count());
        return cpu;
    });
}

Napi::Value gpuValues(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), gpus()); });
}

} // namespace twinfer
