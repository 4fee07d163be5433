#pragma once

#include <cstdint>
#include <utility>

#include "MNN_generated.h"
#include "place.h"
#include "weight_file.h"

namespace twinfer::mnn {

// The sidecar file of external weights ("model.mnn.weight"), which has findings of its own.
struct Sidecar {
    const WeightFile& file;
    Findings& findings;
    bool missed = false; // that it is not there is said once
};

enum class External { none, there, unsound };

// `external` is [offset, size, size, …] into the sidecar: MNN reads those sizes into buffers of the
// sizes it expects and ignores a failed read.
External verifyExternal(const flatbuffers::Vector<int64_t>* external, Sidecar& sidecar, const Place& place);

// Whether external[index] is exactly `bytes`.
bool expectExternal(const flatbuffers::Vector<int64_t>* external, unsigned index, int64_t bytes,
                    const Place& place);

// The compressed weights of a convolution whose bytes lie in the sidecar: [offset, weights, scales, biases,
// indices]. MNN decodes them as those of the model, without a bound. `weights` as for verifyQuantised.
bool verifyExternalQuantised(const MNN::Convolution2D& layer, std::pair<int64_t, int64_t> weights,
                             const Sidecar& sidecar, const Place& place);

} // namespace twinfer::mnn
