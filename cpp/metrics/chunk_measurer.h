#pragma once

#include <algorithm>

#include "measure.h"
#include "pair_reader.h"

namespace twinfer::metrics {

template <typename Sums, size_t count>
void join(Sums& total, const Field<Sums> (&fields)[count], const Sums& part) {
    for (const Field<Sums>& field : fields) {
        double& joined = total.*field.value;
        const double added = part.*field.value;
        if (field.joined == Joined::bySum)
            joined += added;
        else if (field.joined == Joined::asLargest)
            joined = std::max(joined, added);
        else
            joined = std::min(joined, added);
    }
}

void add(Grid& total, const Grid& part);

// What a worker takes at once.
constexpr size_t kChunk = 64 * kBlock;

struct Chunk {
    Sums sums;
    // Its floor rests on the largest value that its worker had met by then. The values counted are those of
    // the final floor too, if `relative.smallest` lies above that.
    RelativeSums relative;
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
