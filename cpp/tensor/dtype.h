#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace twinfer {

enum class DType {
    float32,
    float64,
    float16,
    bfloat16,
    int8,
    uint8,
    int16,
    uint16,
    int32,
    uint32,
    int64,
    uint64,
    boolean
};

size_t bytesOf(DType dtype);
const char* nameOf(DType dtype);
// What a JavaScript array of this type holds: float16 and bfloat16 travel as uint16, bool as uint8.
DType carrierOf(DType dtype);
std::optional<DType> dtypeNamed(const std::string& name);
// What to do with data of another type. A map function, because int64 data are BigInts.
std::string conversionHelp(DType expected);

} // namespace twinfer
