#pragma once

#include "weight_layout.h"

namespace twinfer {

// Whether a .bin is the one that a .param asks for, in short: what open() needs to know.
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
