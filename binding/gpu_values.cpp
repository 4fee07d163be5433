#include "gpu_values.h"

namespace twinfer {

Napi::Array toArray(Napi::Env env, const std::vector<GpuInfo>& gpus) {
    Napi::Array array = Napi::Array::New(env, gpus.size());
    for (uint32_t i = 0; i < gpus.size(); i++) {
        const GpuInfo& gpu = gpus[i];
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
}

} // namespace twinfer
