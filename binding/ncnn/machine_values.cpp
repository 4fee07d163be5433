#include "machine_values.h"

#include <ncnn/cpu.h>

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
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const std::vector<GpuInfo> all = gpus();
        Napi::Array array = Napi::Array::New(env, all.size());
        for (uint32_t i = 0; i < all.size(); i++) {
            const GpuInfo& gpu = all[i];
            Napi::Object object = Napi::Object::New(env);
            object["index"] = Napi::Number::New(env, gpu.index);
            object["name"] = Napi::String::New(env, gpu.name);
            object["type"] = Napi::String::New(env, gpu.type);
            object["apiVersion"] = Napi::String::New(env, gpu.apiVersion);
            object["driverVersion"] = Napi::String::New(env, gpu.driverVersion);
            object["vendorId"] = Napi::Number::New(env, gpu.vendorId);
            object["deviceId"] = Napi::Number::New(env, gpu.deviceId);
            object["fp16Storage"] = Napi::Boolean::New(env, gpu.fp16Storage);
            object["fp16Arithmetic"] = Napi::Boolean::New(env, gpu.fp16Arithmetic);
            object["int8Storage"] = Napi::Boolean::New(env, gpu.int8Storage);
            object["subgroupSize"] = Napi::Number::New(env, gpu.subgroupSize);
            array[i] = object;
        }
        return array;
    });
}

} // namespace twinfer
