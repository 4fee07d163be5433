#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "MNN_generated.h"
#include "place.h"

namespace twinfer::mnn {

// IDSTQuan::type: how compressed weights are stored (ConvolutionCommon.cpp).
enum QuantisedType { kIndexed = 1, kSparse = 2, kHalf = 3, kInt8 = 4, kExternal = 8 };

// Weights of type 1, each of which is an index into a table of samples.
struct IndexedWeights {
    int64_t count;
    const uint8_t* samples; // as many as `sampleCount`
    int sampleCount;
    const uint8_t* indices; // of `bits` bits each, the most significant first
    int bits;
};

struct Bytes {
    const uint8_t* data;
    size_t size;
};

Bytes contentOf(const flatbuffers::Vector<int8_t>& buffer);

// `wideShape` is IDSTQuan::shapeInt32.
std::optional<IndexedWeights> readIndexed(Bytes bytes, bool wideShape, const Place& place);

// Whether each channel has a lowest value beside its step.
bool isAsymmetric(const MNN::IDSTQuan& quantised);

// Whether its bytes begin with the shape of the weights, and are walked to count them: else their size tells.
bool hasShape(const MNN::IDSTQuan& quantised);

// How many weights verified ones are; 0 where they lie in a file of their own.
int64_t countOfVerified(const MNN::IDSTQuan& quantised);

// The compressed weights of a convolution (IDSTQuan). MNN's decoder reads its buffer without a bound
// (ConvolutionCommon.cpp, MemoryLoader); this walks the same layout with one. `weights` are the
// counts that the convolution may need, none above 0 when it leaves that open.
bool verifyQuantised(const MNN::IDSTQuan& quantised, int64_t outputCount, std::pair<int64_t, int64_t> weights,
                     const Place& place);

// The same of weights that lie in a file of their own, in these bytes, with so many scales.
bool verifyCompressed(const MNN::IDSTQuan& quantised, Bytes bytes, int64_t scales, int64_t outputCount,
                      std::pair<int64_t, int64_t> weights, const Place& place);

} // namespace twinfer::mnn
