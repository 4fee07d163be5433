#pragma once

// Depthwise convolutions: a lane a channel, so that a pack of channels is one vector whatever the set's
// width.

#include "kernel_set.h"
#include "simd.h"

namespace twinfer::kernels {
namespace {

constexpr int kMostColumns = 8; // of a tile, whose sums are in registers

// Neighbours of a row all of whose columns lie inside the input; rows outside are left out.
template <int V, int Kernel, int Stride, int Columns>
TWINFER_INLINE void depthwiseTile(const DepthwiseJob& job, const float* input, int fromTap, int toTap,
                                  Vec<V> bias, float* output) {
    Vec<V> sums[Columns];
    TWINFER_UNROLL for (int c = 0; c < Columns; c++) sums[c] = bias;
    for (int y = fromTap; y < toTap; y++) {
        const float* row = input + ptrdiff_t(y) * job.width * V;
        const float* weights = job.weights + y * Kernel * V;
        TWINFER_UNROLL for (int x = 0; x < Kernel; x++) {
            const Vec<V> weight = load<V>(weights + x * V);
            TWINFER_UNROLL for (int c = 0; c < Columns; c++) sums[c] +=
                weight * load<V>(row + (c * Stride + x) * V);
        }
    }
    float low, high;
    const bool isClamped = isClamp(job.activation, low, high);
    TWINFER_UNROLL for (int c = 0; c < Columns; c++)
        store<V>(output + c * V, isClamped ? clamp<V>(sums[c], low, high) : sums[c]);
}

// A tile of any size: a column alone would wait for each of its own additions.
template <int V, int Kernel, int Stride, typename... Rest>
TWINFER_INLINE void depthwiseTileOf(int columns, const Rest&... rest) {
    switch (columns) {
    case 1: return depthwiseTile<V, Kernel, Stride, 1>(rest...);
    case 2: return depthwiseTile<V, Kernel, Stride, 2>(rest...);
    case 3: return depthwiseTile<V, Kernel, Stride, 3>(rest...);
    case 4: return depthwiseTile<V, Kernel, Stride, 4>(rest...);
    case 5: return depthwiseTile<V, Kernel, Stride, 5>(rest...);
    case 6: return depthwiseTile<V, Kernel, Stride, 6>(rest...);
    case 7: return depthwiseTile<V, Kernel, Stride, 7>(rest...);
    default: return depthwiseTile<V, Kernel, Stride, kMostColumns>(rest...);
    }
}

template <int V, int Kernel, int Stride>
TWINFER_INLINE void depthwiseEdge(const DepthwiseJob& job, const float* row, int column, int fromTap,
                                  int toTap, Vec<V> bias, float* output) {
    const int x = column * Stride - job.left;
    Vec<V> sum = bias;
    for (int ky = fromTap; ky < toTap; ky++) {
        for (int kx = 0; kx < Kernel; kx++) {
            if (x + kx < 0 || x + kx >= job.width) continue;
            sum += load<V>(job.weights + (ky * Kernel + kx) * V) *
                   load<V>(row + (ptrdiff_t(ky) * job.width + x + kx) * V);
        }
    }
    float low, high;
    store<V>(output, isClamp(job.activation, low, high) ? clamp<V>(sum, low, high) : sum);
}

template <int V, int Kernel, int Stride>
__attribute__((noinline)) void depthwiseRows(const DepthwiseJob& job) {
    const Vec<V> bias = load<V>(job.bias);
    const int columns = job.outputWidth, room = job.width - Kernel + job.left;
    const int start = (job.left + Stride - 1) / Stride, first = start < columns ? start : columns;
    const int end = room < 0 ? 0 : room / Stride + 1;
    const int last = end < first ? first : end < columns ? end : columns;
    for (int y = job.fromRow; y < job.toRow; y++) {
        const int above = y * job.strideDown - job.top;
        const int fromTap = above < 0 ? -above : 0;
        const int toTap = job.height - above < Kernel ? job.height - above : Kernel;
        const float* row = job.input + ptrdiff_t(above) * job.width * V;
        float* output = job.output + ptrdiff_t(y) * columns * V;
        int x = 0;
        for (; x < first; x++)
            depthwiseEdge<V, Kernel, Stride>(job, row, x, fromTap, toTap, bias, output + ptrdiff_t(x) * V);
        for (int tiles = (last - first + kMostColumns - 1) / kMostColumns; tiles > 0; tiles--) {
            const int size = (last - x + tiles - 1) / tiles; // as even as they can be
            depthwiseTileOf<V, Kernel, Stride>(size, job, row + ptrdiff_t(x * Stride - job.left) * V, fromTap,
                                               toTap, bias, output + ptrdiff_t(x) * V);
            x += size;
        }
        for (; x < columns; x++)
            depthwiseEdge<V, Kernel, Stride>(job, row, x, fromTap, toTap, bias, output + ptrdiff_t(x) * V);
        activate<V>(output, columns, job.activation);
    }
}

template <int V> void depthwiseOf(const DepthwiseJob& job) {
    if (job.kernel == 3) return job.stride == 1 ? depthwiseRows<V, 3, 1>(job) : depthwiseRows<V, 3, 2>(job);
    return job.stride == 1 ? depthwiseRows<V, 5, 1>(job) : depthwiseRows<V, 5, 2>(job);
}

template <int W> void depthwise(const DepthwiseJob& job) {
    if (job.pack == W) return depthwiseOf<W>(job);
    if constexpr (W > 8) {
        if (job.pack == 8) return depthwiseOf<8>(job);
    }
    if constexpr (W > 4) return depthwiseOf<4>(job);
}

} // namespace
} // namespace twinfer::kernels
