#include "dtype.h"

#include <utility>

namespace twinfer {

namespace {
struct Row {
    DType dtype;
    const char* name;
    size_t bytes;
};
// In the order of the enum, so that a row's index is its value.
constexpr Row kRows[] = {
    {DType::float32, "float32", 4},   {DType::float64, "float64", 8}, {DType::float16, "float16", 2},
    {DType::bfloat16, "bfloat16", 2}, {DType::int8, "int8", 1},       {DType::uint8, "uint8", 1},
    {DType::int16, "int16", 2},       {DType::uint16, "uint16", 2},   {DType::int32, "int32", 4},
    {DType::uint32, "uint32", 4},     {DType::int64, "int64", 8},     {DType::uint64, "uint64", 8},
    {DType::boolean, "bool", 1},
};
} // namespace

size_t bytesOf(DType dtype) {
    return kRows[static_cast<size_t>(dtype)].bytes;
}

const char* nameOf(DType dtype) {
    return kRows[static_cast<size_t>(dtype)].name;
}

DType carrierOf(DType dtype) {
    if (dtype == DType::float16 || dtype == DType::bfloat16) return DType::uint16;
    return dtype == DType::boolean ? DType::uint8 : dtype;
}

std::string conversionHelp(DType expected) {
    static const std::pair<DType, const char*> arrays[] = {
        {DType::float32, "Float32Array"}, {DType::float64, "Float64Array"}, {DType::int8, "Int8Array"},
        {DType::uint8, "Uint8Array"},     {DType::int16, "Int16Array"},     {DType::uint16, "Uint16Array"},
        {DType::int32, "Int32Array"},     {DType::uint32, "Uint32Array"},   {DType::boolean, "Uint8Array"},
    };
    if (expected == DType::int64 || expected == DType::uint64) {
        return std::string("Convert the data first: ") +
               (expected == DType::int64 ? "BigInt64Array" : "BigUint64Array") + ".from(data, BigInt)";
    }
    for (const auto& [dtype, array] : arrays) {
        if (dtype == expected) return std::string("Convert the data first: ") + array + ".from(data, Number)";
    }
    return std::string("Convert the data to ") + nameOf(expected) + " first.";
}

std::optional<DType> dtypeNamed(const std::string& name) {
    for (const Row& row : kRows) {
        if (name == row.name) return row.dtype;
    }
    return std::nullopt;
}

} // namespace twinfer
