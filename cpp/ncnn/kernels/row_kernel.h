#pragma once

// Convolutions: a tile of some blocks of output channels by some columns is held in registers while the sum
// runs over taps and lanes, each step one vector of weights a block and one input value a column.

#include <utility>

#include "kernel_set.h"
#include "simd.h"

namespace twinfer::kernels {
namespace {

// How many columns of a tile fit into the registers beside its weights and one input value, or beside a
// vector of input values of each column.
template <int Registers> constexpr int columnsOf(int blocks, bool byElement) {
    const int columns = byElement ? (Registers - blocks) / (blocks + 1) : (Registers - 1 - blocks) / blocks;
    return columns > 14 ? 14 : columns;
}

// Sums by block and column, `Chunk` channels at once that lie side by side in the target; those beyond the
// last one stay away.
template <int W, int Chunk>
TWINFER_INLINE void putChunks(const RowJob& job, int at, int blocks, int columns, const float* sums) {
    const Target& to = job.target;
    for (int b = 0; b < blocks; b++, sums += columns * W) {
        const int first = (job.firstBlock + b) * W;
        for (int i = 0; i < W && first + i < to.channels; i += Chunk) {
            const int channel = to.from + first + i;
            float* column = to.data + (ptrdiff_t(channel / to.pack) * to.step + job.column + at) * to.pack +
                            channel % to.pack;
            for (int c = 0; c < columns; c++, column += to.pack) {
                if constexpr (Chunk == 1)
                    *column = sums[c * W + i];
                else
                    store<Chunk>(column, load<Chunk>(sums + c * W + i));
            }
        }
    }
}

// Any activation and packing of the target.
template <int W>
__attribute__((noinline)) void put(const RowJob& job, int at, int blocks, int columns, float* sums) {
    float low, high;
    if (isClamp(job.activation, low, high)) {
        for (int i = 0; i < blocks * columns; i++)
            store<W>(sums + i * W, clamp<W>(load<W>(sums + i * W), low, high));
    } else {
        activate<W>(sums, blocks * columns, job.activation);
    }
    const int all = job.target.pack | job.target.from | job.target.channels;
    if (all % W == 0) return putChunks<W, W>(job, at, blocks, columns, sums);
    if constexpr (W > 8) {
        if (all % 8 == 0) return putChunks<W, 8>(job, at, blocks, columns, sums);
    }
    if constexpr (W > 4) {
        if (all % 4 == 0) return putChunks<W, 4>(job, at, blocks, columns, sums);
    }
    putChunks<W, 1>(job, at, blocks, columns, sums);
}

// One step: a lane's weights, and what `value` gives of each column.
template <int W, int Blocks, int Columns, typename Value>
TWINFER_INLINE void addLane(Vec<W> (&sums)[Columns][Blocks], const float* weights, const Value& value) {
    Vec<W> weight[Blocks];
    loadAll<W, Blocks>(weight, weights);
    TWINFER_UNROLL for (int c = 0; c < Columns; c++) {
        const auto it = value(c);
        TWINFER_UNROLL for (int b = 0; b < Blocks; b++) sums[c][b] += weight[b] * it;
    }
}

// W lanes at once, each an element of its column's vector.
template <int W, int Blocks, int Columns, int Stride>
TWINFER_INLINE void addLanes(Vec<W> (&sums)[Columns][Blocks], const float* weights, const float* from,
                             ptrdiff_t stride) {
    Vec<W> values[Columns];
    if constexpr (Stride == W) {
        loadAll<W, Columns>(values, from);
    } else {
        TWINFER_UNROLL for (int c = 0; c < Columns; c++) values[c] = load<W>(from + c * stride);
    }
    TWINFER_UNROLL for (int lane = 0; lane < W; lane++) addLane<W, Blocks, Columns>(
        sums, weights + lane * Blocks * W, [&](int c) TWINFER_INLINE_LAMBDA { return values[c][lane]; });
}

// One lane of columns that lie side by side, or every other: a vector holds several of them. It ends where
// the last one of these does, since nothing may lie behind it.
template <int W, int Blocks, int Columns, int Stride>
TWINFER_INLINE void addNeighbours(Vec<W> (&sums)[Columns][Blocks], const float* weights, const float* from) {
    constexpr int kEach = W / Stride, kWhole = Stride == 1 || Columns > kEach ? Columns / kEach : 0;
    constexpr int kEarly = W - ((kEach - 1) * Stride + 1);
    Vec<W> values[kWhole + 1];
    TWINFER_UNROLL for (int i = 0; i < kWhole; i++) values[i] = load<W>(from + i * W - (i > 0 ? kEarly : 0));
    addLane<W, Blocks, Columns>(sums, weights, [&](int c) TWINFER_INLINE_LAMBDA {
        const int i = c / kEach;
        return i < kWhole ? values[i][c % kEach * Stride + (i > 0 ? kEarly : 0)] : from[c * Stride];
    });
}

// `count` tiles from column `at` on. Lanes and Stride are 0 where they are not known before.
template <int W, int Blocks, int Columns, int Lanes, int Stride>
__attribute__((noinline)) void tiles(const RowJob& job, int at, int count) {
    const int lanes = Lanes > 0 ? Lanes : job.lanes;
    const ptrdiff_t stride = Stride > 0 ? Stride : job.stride;
    float low, high;
    const bool isClamped = isClamp(job.activation, low, high);
    const bool isWhole = job.target.pack == W && (job.target.from | job.target.channels) % W == 0;
    const bool isPlain = isWhole && (isClamped || job.activation.type == 0);
    for (const int end = at + count * Columns; at < end; at += Columns) {
        const float* input = job.input + at * stride;
        const float* weights = job.weights;
        Vec<W> sums[Columns][Blocks];
        TWINFER_UNROLL for (int b = 0; b < Blocks; b++) {
            const Vec<W> bias = load<W>(job.bias + b * W);
            TWINFER_UNROLL for (int c = 0; c < Columns; c++) sums[c][b] = bias;
        }
        for (int t = 0; t < job.taps; t++) {
            const float* from = input + job.offsets[t];
            int lane = 0;
            if constexpr (kHasElements && Lanes == 1 && Stride > 0) {
                addNeighbours<W, Blocks, Columns, Stride>(sums, weights, from);
                weights += Blocks * W;
                continue;
            }
            if constexpr (kHasElements && Lanes != 1) {
                for (; lane + W <= lanes; lane += W, weights += W * Blocks * W)
                    addLanes<W, Blocks, Columns, Stride>(sums, weights, from + lane, stride);
                if constexpr (Lanes == W) continue;
            }
            for (; lane < lanes; lane++, weights += Blocks * W)
                addLane<W, Blocks, Columns>(sums, weights, [&](int c) TWINFER_INLINE_LAMBDA {
                    return splat<W>(from[c * stride + lane]);
                });
        }
        if (!isPlain) {
            float values[Blocks * Columns * W];
            TWINFER_UNROLL for (int b = 0; b < Blocks; b++) {
                TWINFER_UNROLL for (int c = 0; c < Columns; c++)
                    store<W>(values + (b * Columns + c) * W, sums[c][b]);
            }
            put<W>(job, at, Blocks, Columns, values);
            continue;
        }
        TWINFER_UNROLL for (int b = 0; b < Blocks; b++) {
            float* to =
                job.target.data + (ptrdiff_t(job.firstBlock + b) * job.target.step + job.column + at) * W;
            TWINFER_UNROLL for (int c = 0; c < Columns; c++)
                store<W>(to + c * W, isClamped ? clamp<W>(sums[c][b], low, high) : sums[c][b]);
        }
    }
}

using Tiles = void (*)(const RowJob&, int, int);

template <int W, int Blocks, int Lanes, int Stride, int... Less>
Tiles tilesOf(int columns, std::integer_sequence<int, Less...>) {
    static constexpr Tiles kTiles[] = {tiles<W, Blocks, Less + 1, Lanes, Stride>...};
    return kTiles[columns - 1];
}

// Lanes and strides that are known here need no arithmetic for their addresses.
template <int W, int Blocks, int Most, int MostByElement> Tiles tilesFor(const RowJob& job, int columns) {
    constexpr auto kColumns = std::make_integer_sequence<int, Most>();
    if (job.lanes == 1 && job.stride == 1) return tilesOf<W, Blocks, 1, 1>(columns, kColumns);
    if (job.lanes == 1 && job.stride == 2) return tilesOf<W, Blocks, 1, 2>(columns, kColumns);
    constexpr auto kFewer = std::make_integer_sequence<int, MostByElement>();
    if (job.lanes == W && job.stride == W) return tilesOf<W, Blocks, W, W>(columns, kFewer);
    if constexpr (kHasElements) {
        if (job.lanes == W && job.stride == 2 * W) return tilesOf<W, Blocks, W, 2 * W>(columns, kFewer);
    }
    return tilesOf<W, Blocks, 0, 0>(columns, kFewer);
}

template <int W, int Registers, int Blocks> void panel(const RowJob& job) {
    constexpr int kMost = columnsOf<Registers>(Blocks, false);
    constexpr int kMostByElement = columnsOf<Registers>(Blocks, kHasElements);
    const int most = job.lanes == 1 && job.stride <= 2 ? kMost : kMostByElement;
    // As even as they can be: one column alone takes as many steps as six.
    const int count = (job.columns + most - 1) / most, less = job.columns / count, wide = job.columns % count;
    if (wide > 0) tilesFor<W, Blocks, kMost, kMostByElement>(job, less + 1)(job, 0, wide);
    tilesFor<W, Blocks, kMost, kMostByElement>(job, less)(job, wide * (less + 1), count - wide);
}

template <int W, int Registers> void row(const RowJob& job) {
    switch (job.blocks) {
    case 1: return panel<W, Registers, 1>(job);
    case 2: return panel<W, Registers, 2>(job);
    case 3: return panel<W, Registers, 3>(job);
    default: return panel<W, Registers, 4>(job);
    }
}

} // namespace
} // namespace twinfer::kernels
