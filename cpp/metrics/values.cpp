#include "values.h"

#include <cstdint>
#include <cstring>

namespace twinfer::metrics {

namespace {

float fromBits(uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
}

float fromFloat16(uint16_t half) {
    const uint32_t sign = uint32_t(half & 0x8000) << 16, magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00) return fromBits(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    // Shifted into place the exponent is 112 too small, for subnormals too: a power of two corrects it.
    const float value = fromBits(magnitude << 13) * 0x1p112f;
    return sign == 0 ? value : -value;
}

float fromBfloat16(uint16_t bits) {
    return fromBits(uint32_t(bits) << 16);
}

template <typename From, typename T, typename Convert>
void readAs(const Values& values, size_t first, size_t count, T* into, Convert convert) {
    const From* from = static_cast<const From*>(values.data) + first;
    for (size_t i = 0; i < count; i++) into[i] = static_cast<T>(convert(from[i]));
}

template <typename From, typename T> void readAs(const Values& values, size_t first, size_t count, T* into) {
    readAs<From>(values, first, count, into, [](From value) { return value; });
}

} // namespace

bool fitsSingle(DType dtype) {
    switch (dtype) {
    case DType::float64:
    case DType::int32:
    case DType::uint32:
    case DType::int64:
    case DType::uint64: return false;
    default: return true;
    }
}

template <typename T> void readValues(const Values& values, size_t first, size_t count, T* into) {
    switch (values.dtype) {
    case DType::float32: return readAs<float>(values, first, count, into);
    case DType::float64: return readAs<double>(values, first, count, into);
    case DType::float16: return readAs<uint16_t>(values, first, count, into, fromFloat16);
    case DType::bfloat16: return readAs<uint16_t>(values, first, count, into, fromBfloat16);
    case DType::int8: return readAs<int8_t>(values, first, count, into);
    case DType::uint8:
    case DType::boolean: return readAs<uint8_t>(values, first, count, into);
    case DType::int16: return readAs<int16_t>(values, first, count, into);
    case DType::uint16: return readAs<uint16_t>(values, first, count, into);
    case DType::int32: return readAs<int32_t>(values, first, count, into);
    case DType::uint32: return readAs<uint32_t>(values, first, count, into);
    case DType::int64: return readAs<int64_t>(values, first, count, into);
    case DType::uint64: return readAs<uint64_t>(values, first, count, into);
    }
}

template void readValues(const Values&, size_t, size_t, float*);
template void readValues(const Values&, size_t, size_t, double*);

} // namespace twinfer::metrics
