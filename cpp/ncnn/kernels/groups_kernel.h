#pragma once

// Convolutions of as many groups as inputs and outputs have in common, several of them in a pack: the outputs
// of a pack need the inputs of the same one alone. A lane is an output channel, whose input is one lane of
// its group, spread over all of the group's.

#include <utility>

#include "kernel_set.h"
#include "simd.h"

namespace twinfer::kernels {
namespace {

constexpr int kMostOfGroups = 10; // columns of a tile, whose sums are in registers

// What a pack holds: single channels, one group, or several.
enum class Groups { single, one, several };

template <int V, Groups Kind>
TWINFER_INLINE Vec<V> spread(const float* from, int lane, typename Simd<V>::Ints firsts) {
    if constexpr (Kind == Groups::single) return load<V>(from);
    if constexpr (Kind == Groups::one) return splat<V>(from[lane]);
    return permute<V>(load<V>(from), firsts + lane);
}

// One lane of each group at `Kernel` neighbouring taps: an input is read once for all sums that it is part
// of.
template <int V, Groups Kind, int Kernel, int Stride, int Columns>
TWINFER_INLINE void addInputs(Vec<V> (&sums)[Columns], const float* weights, const float* from, int lane,
                              typename Simd<V>::Ints firsts, ptrdiff_t stride) {
    Vec<V> weight[Kernel];
    loadAll<V, Kernel>(weight, weights);
    if constexpr (Kernel == 1) {
        TWINFER_UNROLL for (int c = 0; c < Columns; c++) sums[c] +=
            weight[0] * spread<V, Kind>(from + c * stride, lane, firsts);
    } else {
        _Pragma("GCC unroll 32") for (int at = 0; at < (Columns - 1) * Stride + Kernel; at++) {
            const Vec<V> input = spread<V, Kind>(from + at * V, lane, firsts);
            TWINFER_UNROLL for (int tap = 0; tap < Kernel; tap++) {
                const int column = (at - tap) / Stride;
                if (at >= tap && (at - tap) % Stride == 0 && column < Columns)
                    sums[column] += weight[tap] * input;
            }
        }
    }
}

template <int V, Groups Kind, int Kernel, int Stride, int Columns>
void groupsTile(const GroupsJob& job, const float* input, float* output) {
    Vec<V> sums[Columns];
    const Vec<V> bias = load<V>(job.bias);
    TWINFER_UNROLL for (int c = 0; c < Columns; c++) sums[c] = bias;
    typename Simd<V>::Ints firsts{}; // lane of each lane's group
    for (int i = 0; i < V; i++) firsts[i] = i / job.group * job.group;
    const int group = Kind == Groups::single ? 1 : Kind == Groups::one ? V : job.group;
    const float* weights = job.weights;
    for (int t = 0; t < job.taps; t++) {
        const float* from = input + job.offsets[t];
        for (int lane = 0; lane < group; lane++, weights += Kernel * V)
            addInputs<V, Kind, Kernel, Stride, Columns>(sums, weights, from, lane, firsts, job.stride);
    }
    float low, high;
    const bool isClamped = isClamp(job.activation, low, high);
    TWINFER_UNROLL for (int c = 0; c < Columns; c++)
        store<V>(output + c * V, isClamped ? clamp<V>(sums[c], low, high) : sums[c]);
}

template <int V, Groups Kind, int Kernel, int Stride, int... Less>
__attribute__((noinline)) void groupsRows(const GroupsJob& job, std::integer_sequence<int, Less...>) {
    using Tile = void (*)(const GroupsJob&, const float*, float*);
    static constexpr Tile kTiles[] = {groupsTile<V, Kind, Kernel, Stride, Less + 1>...};
    const int tiles = (job.columns + kMostOfGroups - 1) / kMostOfGroups;
    const int less = job.columns / tiles, wide = job.columns % tiles; // as even as they can be
    for (int y = job.fromRow; y < job.toRow; y++) {
        const float* input = job.input + y * job.strideDown;
        float* const row = job.output + ptrdiff_t(y) * job.columns * V;
        float* output = row;
        for (int i = 0; i < tiles; i++) {
            const int columns = less + (i < wide ? 1 : 0);
            kTiles[columns - 1](job, input, output);
            input += columns * job.stride;
            output += ptrdiff_t(columns) * V;
        }
        activate<V>(row, job.columns, job.activation);
    }
}

template <int V, Groups Kind> void groupsOfKind(const GroupsJob& job) {
    constexpr auto kColumns = std::make_integer_sequence<int, kMostOfGroups>();
    if constexpr (Kind != Groups::single) { // whose input is not spread: there is nothing to share
        if (job.kernel == 3 && job.stride == V) return groupsRows<V, Kind, 3, 1>(job, kColumns);
        if (job.kernel == 3) return groupsRows<V, Kind, 3, 2>(job, kColumns);
    }
    groupsRows<V, Kind, 1, 1>(job, kColumns);
}

template <int V> void groupsOf(const GroupsJob& job) {
    if (job.group == 1) return groupsOfKind<V, Groups::single>(job);
    if (job.group == V) return groupsOfKind<V, Groups::one>(job);
    groupsOfKind<V, Groups::several>(job);
}

template <int W> void groups(const GroupsJob& job) {
    if (job.pack == W) return groupsOf<W>(job);
    if constexpr (W > 8) {
        if (job.pack == 8) return groupsOf<8>(job);
    }
    if constexpr (W > 4) return groupsOf<4>(job);
}

} // namespace
} // namespace twinfer::kernels
