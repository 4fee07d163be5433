#include "map_values.h"

#include <cstring>

#include "../addon.h"
#include "../arguments.h"
#include "../guard.h"

namespace twinfer {

namespace {

napi_typedarray_type arrayTypeOf(DType dtype) {
    switch (dtype) {
    case DType::float32: return napi_float32_array;
    case DType::int8: return napi_int8_array;
    case DType::int16: return napi_int16_array;
    case DType::int32: return napi_int32_array;
    case DType::uint32: return napi_uint32_array;
    case DType::float16:
    case DType::bfloat16:
    case DType::uint16: return napi_uint16_array;
    default: return napi_uint8_array;
    }
}

// The buffer may outlive every object of ours in JavaScript, so it holds the map, and with it the session.
bool createShared(Napi::Env env, const std::shared_ptr<mnn::TensorMap>& map, napi_value* buffer) {
    auto kept = std::make_unique<std::shared_ptr<mnn::TensorMap>>(map);
    const auto release = [](napi_env, void*, void* hint) {
        delete static_cast<std::shared_ptr<mnn::TensorMap>*>(hint);
    };
    if (map->bytes() == 0 || napi_create_external_arraybuffer(env, map->data(), map->bytes(), release,
                                                              kept.get(), buffer) != napi_ok) {
        return false;
    }
    kept.release();
    map->onUnmap([env, reference = std::make_shared<Napi::Reference<Napi::Value>>(
                           Napi::Reference<Napi::Value>::New(Napi::Value(env, *buffer), 0))] {
        const Napi::HandleScope scope(env);
        const Napi::Value alive = reference->Value();
        if (!alive.IsEmpty() && alive.IsArrayBuffer()) napi_detach_arraybuffer(env, alive);
    });
    return true;
}

// Electron: no memory from outside.
void createCopied(Napi::Env env, const std::shared_ptr<mnn::TensorMap>& map, napi_value* buffer) {
    void* data;
    if (napi_create_arraybuffer(env, map->bytes(), &data, buffer) != napi_ok) throw std::bad_alloc();
    if (map->bytes() > 0) std::memcpy(data, map->data(), map->bytes());
    map->onUnmap([env, map = map.get(), data,
                  reference = std::make_shared<Napi::Reference<Napi::Value>>(
                      Napi::Reference<Napi::Value>::New(Napi::Value(env, *buffer), 1))] {
        const Napi::HandleScope scope(env);
        bool detached = false;
        napi_is_detached_arraybuffer(env, reference->Value(), &detached);
        if (!detached && map->writes() && map->bytes() > 0) std::memcpy(map->data(), data, map->bytes());
        napi_detach_arraybuffer(env, reference->Value());
    });
}

} // namespace

Napi::Object toObject(Napi::Env env, std::shared_ptr<mnn::TensorMap> map) {
    napi_value buffer;
    if (!createShared(env, map, &buffer)) createCopied(env, map, &buffer);
    napi_value array;
    if (napi_create_typedarray(env, arrayTypeOf(map->dtype()), map->bytes() / bytesOf(map->dtype()), buffer,
                               0, &array) != napi_ok) {
        throw std::bad_alloc();
    }
    Napi::Object object = Napi::Object::New(env);
    object["data"] = Napi::Value(env, array);
    object["shape"] = toArray(env, map->shape());
    const auto unmap = [map](const Napi::CallbackInfo& info) {
        return guard(info.Env(), [&]() -> Napi::Value {
            map->unmap();
            return info.Env().Undefined();
        });
    };
    object["unmap"] = Napi::Function::New(env, unmap, "unmap");
    return object;
}

} // namespace twinfer
