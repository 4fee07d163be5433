#include "external_array.h"

#include <atomic>
#include <cstring>

namespace twinfer {

namespace {

// Below this, making an external ArrayBuffer and finalising it costs more than the copy.
constexpr size_t kLeastExternal = 16 * 1024;
// Finalisers run from the event loop, so a synchronous loop frees nothing: past this much, copy.
constexpr size_t kMostExternal = 64 * 1024 * 1024;
std::atomic<size_t> externalBytes{0};

struct External {
    std::shared_ptr<const void> owner;
    size_t bytes;
};

napi_typedarray_type arrayTypeOf(DType dtype) {
    switch (dtype) {
    case DType::float32: return napi_float32_array;
    case DType::float64: return napi_float64_array;
    case DType::int8: return napi_int8_array;
    case DType::int16: return napi_int16_array;
    case DType::int32: return napi_int32_array;
    case DType::uint32: return napi_uint32_array;
    case DType::int64: return napi_bigint64_array;
    case DType::uint64: return napi_biguint64_array;
    case DType::float16:
    case DType::bfloat16:
    case DType::uint16: return napi_uint16_array;
    case DType::uint8:
    case DType::boolean: break;
    }
    return napi_uint8_array;
}

napi_value createExternal(Napi::Env env, OutputTensor& output) {
    if (!output.owner || output.bytes < kLeastExternal) return nullptr;
    if (externalBytes.load() + output.bytes > kMostExternal) return nullptr;
    auto external = std::make_unique<External>(External{output.owner, output.bytes});
    const auto release = [](napi_env env, void*, void* hint) {
        const std::unique_ptr<External> external(static_cast<External*>(hint));
        externalBytes -= external->bytes;
        int64_t total;
        napi_adjust_external_memory(env, -int64_t(external->bytes), &total);
    };
    napi_value buffer;
    if (napi_create_external_arraybuffer(env, const_cast<void*>(output.data), output.bytes, release,
                                         external.get(), &buffer) != napi_ok) {
        return nullptr;
    }
    externalBytes += external.release()->bytes;
    int64_t total;
    napi_adjust_external_memory(env, int64_t(output.bytes), &total);
    return buffer;
}

napi_value createCopy(Napi::Env env, const OutputTensor& output) {
    napi_value buffer;
    void* data;
    if (napi_create_arraybuffer(env, output.bytes, &data, &buffer) != napi_ok) throw std::bad_alloc();
    if (output.bytes > 0) std::memcpy(data, output.data, output.bytes);
    return buffer;
}

} // namespace

Napi::Value toTypedArray(Napi::Env env, OutputTensor output, bool& zeroCopy) {
    napi_value buffer = createExternal(env, output);
    zeroCopy = buffer != nullptr && !output.copied;
    if (buffer == nullptr) buffer = createCopy(env, output);
    napi_value array;
    const size_t length = output.bytes / bytesOf(output.dtype);
    if (napi_create_typedarray(env, arrayTypeOf(output.dtype), length, buffer, 0, &array) != napi_ok) {
        throw std::bad_alloc();
    }
    return Napi::Value(env, array);
}

} // namespace twinfer
