#pragma once

#include <cstddef>

#include "../tensor/dtype.h"

namespace twinfer::metrics {

// Elements in memory, in C order, of any type: a typed array's, which may not be aligned to a vector.
struct Values {
    const void* data;
    DType dtype;
    size_t length;
};

// Whether float holds every value of the type; the others are read as double, 64-bit integers rounded to it.
bool fitsSingle(DType dtype);

// Reads `count` values from `first` on as T.
template <typename T> void readValues(const Values& values, size_t first, size_t count, T* into);

} // namespace twinfer::metrics
