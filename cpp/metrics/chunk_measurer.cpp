#include "chunk_measurer.h"

#include <algorithm>
#include <cmath>

namespace twinfer::metrics {

namespace {

template <typename T> bool areSame(T a, T b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

} // namespace

void add(Grid& total, const Grid& part) {
    total.judged += part.judged;
    total.fp16 += part.fp16;
    total.bf16 += part.bf16;
}

template <typename T>
ChunkMeasurer<T>::ChunkMeasurer(const Values& reference, const Values& candidate, const Kernels& kernels,
                                bool onlySums)
    : kernels_(kernels), length_(reference.length),
      judgedEvery_(std::max<size_t>(1, (length_ + kJudgedWhole - 1) / kJudgedWhole)), onlySums_(onlySums),
      countsUlp_(reference.dtype == DType::float32 && candidate.dtype == DType::float32),
      pairs_(reference, candidate) {}

template <typename T> Chunk ChunkMeasurer<T>::measure(size_t index) {
    Chunk chunk;
    const size_t end = std::min(length_, (index + 1) * kChunk);
    size_t worstBlock = kNowhere;
    for (size_t first = index * kChunk; first < end; first += kBlock) {
        const double largestBefore = chunk.sums.maxAbs;
        const Block<T> block = addSums(first, pairs_.read(first, std::min(kBlock, end - first)), chunk.sums);
        if (chunk.sums.maxAbs > largestBefore) worstBlock = first;
        if (onlySums_ || block.count == 0) continue;
        largestSoFar_ = std::max(largestSoFar_, chunk.sums.referenceMaxAbs);
        addRelative(block, kRelativeFloor * largestSoFar_, chunk);
        if (first / kBlock % judgedEvery_ == 0) addDistribution(block);
    }
    if (worstBlock != kNowhere) chunk.sums.maxAbsIndex = indexOfError(worstBlock, chunk.sums.maxAbs);
    return chunk;
}

template <typename T> void ChunkMeasurer<T>::remeasureRelative(size_t index, double floor, Chunk& chunk) {
    chunk.relative = {};
    const size_t end = std::min(length_, (index + 1) * kChunk);
    const bool allFinite = chunk.sums.finite == end - index * kChunk;
    for (size_t first = index * kChunk; first < end; first += kBlock) {
        const Block<T> block = pairs_.read(first, std::min(kBlock, end - first));
        addRelative(allFinite ? block : pairs_.finitePairs(block), floor, chunk);
    }
}

template <typename T> Block<T> ChunkMeasurer<T>::addSums(size_t first, Block<T> block, Sums& sums) {
    PairSums part = kernelsFor<T>(kernels_).sums(block.reference, block.candidate, block.count);
    // Also where the squares of doubles overflow: then all pairs stay.
    if (!std::isfinite(part.errorPower)) {
        addNonFinite(first, block, sums);
        block = pairs_.finitePairs(block);
        part = kernelsFor<T>(kernels_).sums(block.reference, block.candidate, block.count);
    }
    sums.finite += block.count;
    join<PairSums>(sums, kPairFields, part);
    return block;
}

template <typename T>
void ChunkMeasurer<T>::addNonFinite(size_t first, const Block<T>& block, Sums& sums) const {
    for (size_t i = 0; i < block.count; i++) {
        const T a = block.reference[i], b = block.candidate[i];
        if (std::isfinite(a) && std::isfinite(b)) continue;
        sums.referenceNan += std::isnan(a);
        sums.referenceInf += std::isinf(a);
        sums.nan += std::isnan(b);
        sums.inf += std::isinf(b);
        if (!areSame(a, b)) sums.nonFiniteIndex = std::min(sums.nonFiniteIndex, first + i);
    }
}

template <typename T>
void ChunkMeasurer<T>::addRelative(const Block<T>& block, double floor, Chunk& chunk) const {
    join(chunk.relative, kRelativeFields,
         kernelsFor<T>(kernels_).relative(block.reference, block.candidate, block.count, floor));
}

template <typename T> void ChunkMeasurer<T>::addDistribution(const Block<T>& block) {
    add(distribution_.referenceGrid, kernelsFor<T>(kernels_).grid(block.reference, block.count));
    add(distribution_.candidateGrid, kernelsFor<T>(kernels_).grid(block.candidate, block.count));
    if constexpr (sizeof(T) == sizeof(float)) {
        if (countsUlp_) kernels_.ulp(block.reference, block.candidate, block.count, distribution_.ulp.data());
    }
}

template <typename T> size_t ChunkMeasurer<T>::indexOfError(size_t first, double size) {
    const Block<T> block = pairs_.read(first, std::min(kBlock, length_ - first));
    for (size_t i = 0; i < block.count; i++) {
        const double a = block.reference[i], b = block.candidate[i];
        if (std::isfinite(a) && std::isfinite(b) && std::abs(b - a) == size) return first + i;
    }
    return kNowhere;
}

template class ChunkMeasurer<float>;
template class ChunkMeasurer<double>;

} // namespace twinfer::metrics
