#pragma once

// One step of an LSTM or a GRU: for each block of hidden values its gates, from the input's part and the
// hidden values before. Weights are read once a step, so memory sets the pace for large ones.

#include "kernel_set.h"
#include "simd.h"

namespace twinfer::kernels {
namespace {

// Adds weight × hidden value before to the sum of each gate.
template <int W, int G>
TWINFER_INLINE void addHidden(Vec<W> (&sums)[G], const RecurrentStep& step, int block) {
    // Two sums a gate: one alone would wait for its own last addition.
    Vec<W> odd[G];
    for (int g = 0; g < G; g++) odd[g] = Vec<W>{};
    const float* weights = step.weights + size_t(block) * step.hidden * G * W;
    int k = 0;
    if constexpr (kHasElements) {
        for (; k + W <= step.hidden; k += W) {
            const Vec<W> before = load<W>(step.before + k);
            TWINFER_UNROLL for (int i = 0; i < W; i++, weights += G * W) {
                Vec<W> weight[G];
                loadAll<W, G>(weight, weights);
                Vec<W>(&to)[G] = i % 2 == 0 ? sums : odd;
                TWINFER_UNROLL for (int g = 0; g < G; g++) to[g] += weight[g] * before[i];
            }
        }
    }
    for (; k + 2 <= step.hidden; k += 2, weights += 2 * G * W) {
        const Vec<W> first = splat<W>(step.before[k]), second = splat<W>(step.before[k + 1]);
        for (int g = 0; g < G; g++) sums[g] += first * load<W>(weights + g * W);
        for (int g = 0; g < G; g++) odd[g] += second * load<W>(weights + (G + g) * W);
    }
    if (k < step.hidden) {
        const Vec<W> first = splat<W>(step.before[k]);
        for (int g = 0; g < G; g++) sums[g] += first * load<W>(weights + g * W);
    }
    for (int g = 0; g < G; g++) sums[g] += odd[g];
}

// The input's part of one gate.
template <int W, int G> TWINFER_INLINE Vec<W> gateOf(const RecurrentStep& step, int block, int gate) {
    return load<W>(step.gates + (size_t(block * G + gate) * step.steps + step.step) * W);
}

template <int W> TWINFER_INLINE void lstmBlock(const RecurrentStep& step, int block) {
    constexpr int kGates = 4;
    Vec<W> sums[kGates];
    for (int g = 0; g < kGates; g++) sums[g] = gateOf<W, kGates>(step, block, g);
    addHidden<W, kGates>(sums, step, block);
    const Vec<W> cell =
        sigmoid<W>(sums[1]) * load<W>(step.cell + block * W) + sigmoid<W>(sums[0]) * tangent<W>(sums[3]);
    store<W>(step.cell + block * W, cell);
    store<W>(step.after + block * W, sigmoid<W>(sums[2]) * tangent<W>(cell));
}

template <int W> TWINFER_INLINE void gruBlock(const RecurrentStep& step, int block) {
    constexpr int kGates = 3;
    // The reset gate weighs the hidden part of the new value only, its own bias in it.
    Vec<W> sums[kGates] = {gateOf<W, kGates>(step, block, 0), gateOf<W, kGates>(step, block, 1),
                           load<W>(step.inner + block * W)};
    addHidden<W, kGates>(sums, step, block);
    const Vec<W> fresh = tangent<W>(gateOf<W, kGates>(step, block, 2) + sigmoid<W>(sums[0]) * sums[2]);
    const Vec<W> before = load<W>(step.before + block * W);
    store<W>(step.after + block * W, fresh + sigmoid<W>(sums[1]) * (before - fresh));
}

template <typename Block> TWINFER_INLINE void eachBlock(const RecurrentStep& step, const Block& block) {
    // Back and forth: what the step before read last is still in the cache.
    if (step.step % 2 == 0) {
        for (int i = step.fromBlock; i < step.toBlock; i++) block(i);
    } else {
        for (int i = step.toBlock; i-- > step.fromBlock;) block(i);
    }
}

template <int W> void lstm(const RecurrentStep& step) {
    eachBlock(step, [&](int block) { lstmBlock<W>(step, block); });
}

template <int W> void gru(const RecurrentStep& step) {
    eachBlock(step, [&](int block) { gruBlock<W>(step, block); });
}

} // namespace
} // namespace twinfer::kernels
