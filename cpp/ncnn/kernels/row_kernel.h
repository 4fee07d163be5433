#pragma once

// Convolutions: a tile of some blocks of output channels by some columns is held in registers while the sum
// runs over taps and lanes, each step one vector of weights a block and one input value a column.

#include <utility>

#include "kernel_set.h"
#include "simd.h"

namespace twinfer::kernels {
namespace {

// How many columns of a tile fit into the registers beside its weights and one input value.
template <int Registers> constexpr int columnsOf(int blocks) {
    return (Registers - 1 - blocks) / blocks > 14 ? 14 : (Registers - 1 - blocks) / blocks;
}

// The channels from `first` on of one column, into a target of `Pack` a pack; those beyond the last one stay
// away.
template <int W, int Pack>
TWINFER_INLINE void putPacks(const Target& to, int first, ptrdiff_t x, const float* sums) {
    for (int i = 0; i < W && first + i < to.channels; i += Pack)
        store<Pack>(to.data + (ptrdiff_t((first + i) / Pack) * to.step + x) * Pack, load<Pack>(sums + i));
}

// Any activation and packing of the target, for sums by block and column.
template <int W>
__attribute__((noinline)) void put(const RowJob& job, int at, int blocks, int columns, float* sums) {
    const Target& to = job.target;
    float low, high;
    if (isClamp(job.activation, low, high)) {
        for (int i = 0; i < blocks * columns; i++)
            store<W>(sums + i * W, clamp<W>(load<W>(sums + i * W), low, high));
    } else {
        activate<W>(sums, blocks * columns, job.activation);
    }
    for (int b = 0; b < blocks; b++) {
        const int first = (job.firstBlock + b) * W;
        for (int c = 0; c < columns; c++, sums += W) {
            const ptrdiff_t x = job.column + at + c;
            if (to.pack == W) {
                putPacks<W, W>(to, first, x, sums);
            } else if (to.pack * 2 == W) {
                putPacks<W, W / 2>(to, first, x, sums);
            } else if (to.pack * 4 == W && W >= 16) { // 12 channels with AVX-512, which ncnn packs by 4
                putPacks<W, W / 4>(to, first, x, sums);
            } else {
                for (int i = 0; i < W && first + i < to.channels; i++) {
                    const int channel = first + i;
                    to.data[(ptrdiff_t(channel / to.pack) * to.step + x) * to.pack + channel % to.pack] =
                        sums[i];
                }
            }
        }
    }
}

// `count` tiles from column `at` on. Lanes and Stride are 0 where they are not known before.
template <int W, int Blocks, int Columns, int Lanes, int Stride>
__attribute__((noinline)) void tiles(const RowJob& job, int at, int count) {
    const int lanes = Lanes > 0 ? Lanes : job.lanes;
    const ptrdiff_t stride = Stride > 0 ? Stride : job.stride;
    float low, high;
    const bool isClamped = isClamp(job.activation, low, high);
    const bool isPlain = job.target.pack == W && (isClamped || job.activation.type == 0);
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
            for (int lane = 0; lane < lanes; lane++, weights += Blocks * W) {
                Vec<W> weight[Blocks];
                TWINFER_UNROLL for (int b = 0; b < Blocks; b++) weight[b] = load<W>(weights + b * W);
                TWINFER_UNROLL for (int c = 0; c < Columns; c++) {
                    const Vec<W> value = splat<W>(from[c * stride + lane]);
                    TWINFER_UNROLL for (int b = 0; b < Blocks; b++) sums[c][b] += weight[b] * value;
                }
            }
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
template <int W, int Blocks, int Most> Tiles tilesFor(const RowJob& job, int columns) {
    constexpr auto kColumns = std::make_integer_sequence<int, Most>();
    if (job.lanes == W && job.stride == W) return tilesOf<W, Blocks, W, W>(columns, kColumns);
    if (job.lanes == 1 && job.stride == 1) return tilesOf<W, Blocks, 1, 1>(columns, kColumns);
    if (job.lanes == 1 && job.stride == 2) return tilesOf<W, Blocks, 1, 2>(columns, kColumns);
    return tilesOf<W, Blocks, 0, 0>(columns, kColumns);
}

template <int W, int Registers, int Blocks> void panel(const RowJob& job) {
    constexpr int kMost = columnsOf<Registers>(Blocks);
    // As even as they can be: one column alone takes as many steps as six.
    const int count = (job.columns + kMost - 1) / kMost, less = job.columns / count,
              wide = job.columns % count;
    if (wide > 0) tilesFor<W, Blocks, kMost>(job, less + 1)(job, 0, wide);
    tilesFor<W, Blocks, kMost>(job, less)(job, wide * (less + 1), count - wide);
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
