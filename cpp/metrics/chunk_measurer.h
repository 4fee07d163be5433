#pragma once

#include <array>
#include <limits>

#include "measure.h"
#include "pair_reader.h"

namespace twinfer::metrics {

// What a worker takes at once.
constexpr size_t kChunk = 64 * kBlock;

struct Chunk {
    Sums sums;
    RelativeError relative;
    // The floor of `relative` rests on the largest value that its worker had met by then. The set of values
    // it counted is that of the final floor too, if this lies above it.
    double smallestCounted = std::numeric_limits<double>::infinity();
};

struct Distribution {
    Grid referenceGrid, candidateGrid;
    std::array<uint64_t, kUlpBins> ulp{};
};

// Measures chunks of two tensors, one after the other, on one thread.
template <typename T> class ChunkMeasurer {
  public:
    ChunkMeasurer(const Values& reference, const Values& candidate, const Kernels& kernels, bool onlySums);

    Chunk measure(size_t index);
    void remeasureRelative(size_t index, double floor, Chunk& chunk);
    const Distribution& distribution() const { return distribution_; }

  private:
    // The block's finite pairs, in `block`, are what is summed; the others are counted.
    Block<T> addSums(size_t first, Block<T> block, Sums& sums);
    void addNonFinite(size_t first, const Block<T>& block, Sums& sums) const;
    void addRelative(const Block<T>& block, double floor, Chunk& chunk) const;
    void addDistribution(const Block<T>& block);
    size_t indexOfError(size_t first, double size);

    const Kernels& kernels_;
    const size_t length_;
    const size_t judgedEvery_;
    const bool onlySums_, countsUlp_;
    double largestSoFar_ = 0;
    Distribution distribution_;
    PairReader<T> pairs_;
};

} // namespace twinfer::metrics
