#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace twinfer {

// The file beside a model that holds its external weights.
struct WeightFile {
    WeightFile(uint64_t size = 0) : bytes(size) {}

    uint64_t bytes; // 0 when there is none
    // So many bytes from a place on, fewer where they cannot be read; empty where only the sizes are looked
    // at.
    std::function<std::vector<uint8_t>(uint64_t offset, uint64_t count)> read;
};

} // namespace twinfer
