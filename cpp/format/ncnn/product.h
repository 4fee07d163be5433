#pragma once

#include <cstdint>
#include <initializer_list>

namespace twinfer {

// More than any file or blob holds, and little enough that a million of them can be added up.
constexpr int64_t kMostCount = int64_t(1) << 36;

// Sizes of a damaged file overflow when they are multiplied: no more than kMostCount, and 0 where one of them
// is below 1, for which ncnn reads nothing.
inline int64_t product(std::initializer_list<int64_t> sizes) {
    int64_t total = 1;
    for (const int64_t size : sizes) {
        if (size < 1) return 0;
        total = size > kMostCount / total ? kMostCount : total * size;
    }
    return total;
}

} // namespace twinfer
