#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "param_file.h"

namespace twinfer {

// What the numbers are to their layer: only a weight has a direction that converters keep.
enum class WeightRole { weight, bias, scale, data };

// One block of numbers that a layer loads from the .bin.
struct WeightBlock {
    enum class Kind {
        tagged,    // a word that says how the numbers are stored, then the numbers
        raw,       // float32 without a tag
        wholeBytes // bytes of block-quantised weights, padded to 4
    };
    Kind kind;
    uint64_t count; // numbers, or bytes where the kind says so
    WeightRole role = WeightRole::weight;
    uint64_t channels = 1;  // of the output; the numbers of one stand together
    bool mayBeInt8 = false; // without int8 scales a layer would read int8 weights as floats
    int bits = 8;           // of one value of wholeBytes
};

// What one layer loads, in order; nothing for a type that ncnn 20261020 does not have. Sizes that checkSizes
// refuses count as 0, or as more than any file holds.
std::optional<std::vector<WeightBlock>> weightsOf(const ParamLayer& layer);

// The bytes of a .bin that no encoding can go below (int8 is the smallest). Layers of unknown types
// count as 0.
uint64_t leastWeightBytes(const ParamFile& file);

} // namespace twinfer
