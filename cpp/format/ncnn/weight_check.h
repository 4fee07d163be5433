#pragma once

#include "weight_layout.h"

namespace twinfer {

struct WeightReport {
    std::vector<PlacedBlock> blocks; // those whose place is certain
    // The .bin holds what the layers load, no more and no less, by its tags. Where it does not, it may be no
    // .bin at all, which is for the caller to see: it has the first bytes.
    bool fits = true;
};

// Explains a .bin of `size` bytes that does not fit its .param by the one change that would make it fit,
// where one is enough. Behind a line that cannot be read, or a layer of unknown type, nobody knows what the
// file holds.
WeightReport checkWeights(const ParamFile& file, const ReadWord& word, int64_t size, Findings& findings);

// Whether those layers load anything.
bool loadsWeights(const ParamFile& file);

} // namespace twinfer
