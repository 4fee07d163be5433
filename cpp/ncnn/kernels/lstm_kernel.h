#pragma once

// One step of an LSTM: for each block of hidden values its four gates, from the input's part and the hidden
// values before, then the cell. Weights are read once a step, so memory sets the pace for large ones.

#include "kernel_set.h"
#include "simd.h"

namespace twinfer::kernels {
namespace {

template <int W> TWINFER_INLINE void lstmBlock(const LstmStep& step, int block) {
    constexpr int kGates = 4;
    // Two sums a gate: one alone would wait for its own last addition.
    Vec<W> even[kGates], odd[kGates];
    for (int g = 0; g < kGates; g++) {
        even[g] = load<W>(step.gates + (size_t(block * kGates + g) * step.steps + step.step) * W);
        odd[g] = Vec<W>{};
    }
    const float* weights = step.weights + size_t(block) * step.hidden * kGates * W;
    int k = 0;
    if constexpr (kHasElements) {
        for (; k + W <= step.hidden; k += W) {
            const Vec<W> before = load<W>(step.before + k);
            TWINFER_UNROLL for (int i = 0; i < W; i++, weights += kGates * W) {
                Vec<W> weight[kGates];
                loadAll<W, kGates>(weight, weights);
                Vec<W>(&sums)[kGates] = i % 2 == 0 ? even : odd;
                TWINFER_UNROLL for (int g = 0; g < kGates; g++) sums[g] += weight[g] * before[i];
            }
        }
    }
    for (; k + 2 <= step.hidden; k += 2, weights += 2 * kGates * W) {
        const Vec<W> first = splat<W>(step.before[k]), second = splat<W>(step.before[k + 1]);
        for (int g = 0; g < kGates; g++) even[g] += first * load<W>(weights + g * W);
        for (int g = 0; g < kGates; g++) odd[g] += second * load<W>(weights + (kGates + g) * W);
    }
    if (k < step.hidden) {
        const Vec<W> first = splat<W>(step.before[k]);
        for (int g = 0; g < kGates; g++) even[g] += first * load<W>(weights + g * W);
    }
    for (int g = 0; g < kGates; g++) even[g] += odd[g];
    const Vec<W> cell =
        sigmoid<W>(even[1]) * load<W>(step.cell + block * W) + sigmoid<W>(even[0]) * tangent<W>(even[3]);
    store<W>(step.cell + block * W, cell);
    store<W>(step.after + block * W, sigmoid<W>(even[2]) * tangent<W>(cell));
}

template <int W> void lstm(const LstmStep& step) {
    // Back and forth: what the step before read last is still in the cache.
    if (step.step % 2 == 0) {
        for (int block = step.fromBlock; block < step.toBlock; block++) lstmBlock<W>(step, block);
    } else {
        for (int block = step.toBlock; block-- > step.fromBlock;) lstmBlock<W>(step, block);
    }
}

} // namespace
} // namespace twinfer::kernels
