#pragma once

#include <cmath>

#include "block_kernels.h"
#include "values.h"

namespace twinfer::metrics {

// Some pairs, at most kBlock of them.
template <typename T> struct Block {
    const T* reference;
    const T* candidate;
    size_t count;
};

// Blocks of two tensors of one length, without a copy where the elements are T already. Each worker has its
// own: a block lives in it until the next is read.
template <typename T> class PairReader {
  public:
    PairReader(const Values& reference, const Values& candidate)
        : reference_(reference), candidate_(candidate) {}

    Block<T> read(size_t first, size_t count) {
        return {readSide(reference_, first, count, referenceBuffer_),
                readSide(candidate_, first, count, candidateBuffer_), count};
    }

    // The pairs of a block of which both sides are finite.
    Block<T> finitePairs(const Block<T>& block) {
        size_t kept = 0;
        for (size_t i = 0; i < block.count; i++) {
            const T a = block.reference[i], b = block.candidate[i];
            if (!std::isfinite(a) || !std::isfinite(b)) continue;
            referenceBuffer_[kept] = a; // in place, where the block was converted: never ahead of i
            candidateBuffer_[kept++] = b;
        }
        return {referenceBuffer_, candidateBuffer_, kept};
    }

  private:
    static constexpr DType kOwn = sizeof(T) == sizeof(float) ? DType::float32 : DType::float64;

    static const T* readSide(const Values& values, size_t first, size_t count, T* buffer) {
        if (values.dtype == kOwn) return static_cast<const T*>(values.data) + first;
        readValues(values, first, count, buffer);
        return buffer;
    }

    const Values reference_, candidate_;
    alignas(64) T referenceBuffer_[kBlock];
    alignas(64) T candidateBuffer_[kBlock];
};

} // namespace twinfer::metrics
