#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "param_file.h"

namespace twinfer {

// One block of numbers that a layer loads from the .bin.
struct WeightBlock {
    enum class Kind {
        tagged,    // a word that says how the numbers are stored, then the numbers
        raw,       // float32 without a tag
        wholeBytes // bytes of block-quantised weights, padded to 4
    };
    Kind kind;
    uint64_t count;
    bool mayBeInt8 = false; // without int8 scales a layer would read int8 weights as floats
};

// What one layer loads, in order; nothing for a type that ncnn 20261020 does not have. The sizes must
// have passed checkSizes.
std::optional<std::vector<WeightBlock>> weightsOf(const ParamLayer& layer);

// The bytes of a .bin that no encoding can go below (int8 is the smallest). Layers of unknown types
// count as 0.
uint64_t leastWeightBytes(const ParamFile& file);

struct WeightWalk {
    enum class Status {
        complete, // the layers take exactly what is there
        missing,  // `missing` bytes more are needed, first by `layer`
        trailing, // `size - consumed` bytes are left over
        unknown,  // a layer of unknown type: nothing can be said from there on
        badTag    // `layer` has a tag that ncnn does not write and the sizes do not come out either,
                  // or int8 weights without int8 scales: a shifted, foreign or damaged file
    };
    Status status = Status::complete;
    uint64_t consumed = 0; // needed bytes, with tags as they are
    uint64_t missing = 0;
    int layer = -1;      // index of the layer concerned
    uint64_t offset = 0; // where in the file
    uint32_t tag = 0;    // for badTag
};

// Walks a .bin of `size` bytes as ncnn would, reading tags only. `readAt` fills `bytes` bytes from
// `offset` and answers false when it cannot; it is never asked for bytes beyond `size`.
WeightWalk walkWeights(const ParamFile& file,
                       const std::function<bool(uint64_t offset, void* into, size_t bytes)>& readAt,
                       uint64_t size);

} // namespace twinfer
