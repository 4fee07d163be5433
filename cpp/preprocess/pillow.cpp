#include "pillow.h"

#include <algorithm>

#include "convolve.h"
#include "pick.h"

namespace twinfer::preprocess {

namespace {

const Filter& filterOf(PillowFilter filter) {
    switch (filter) {
    case PillowFilter::box: return kBox;
    case PillowFilter::hamming: return kHamming;
    case PillowFilter::bicubic: return kCubic;
    case PillowFilter::lanczos: return kLanczos3;
    default: return kTriangle;
    }
}

Taps<int32_t> fixedTaps(int in, int out, int from, int wanted, const Filter& filter) {
    const Taps<double> exact = stretchedTaps<double>(in, out, from, wanted, filter);
    Taps<int32_t> fixed;
    fixed.size = exact.size;
    fixed.first = exact.first;
    fixed.count = exact.count;
    fixed.weights.reserve(exact.weights.size());
    for (const double weight : exact.weights) {
        fixed.weights.push_back(int32_t(weight * (1 << kWeightBits) + (weight < 0 ? -0.5 : 0.5)));
    }
    return fixed;
}

// Pillow adds up the step; the sum's rounding errors decide where a position lies just between two pixels.
std::vector<int> nearestPositions(int in, int out, int from, int wanted) {
    const double step = double(in) / out;
    std::vector<int> positions;
    double position = step * 0.5;
    for (int i = 0; i < from + wanted; i++, position += step) {
        if (i >= from) positions.push_back(std::min(int(position), in - 1));
    }
    return positions;
}

// The part that the taps read.
struct Span {
    int first;
    int length;
};

Span spanOf(const Taps<int32_t>& taps) {
    const int first = taps.first.front();
    return {first, taps.first.back() + taps.count.back() - first};
}

Taps<int32_t> shifted(Taps<int32_t> taps, int by) {
    for (int& first : taps.first) first -= by;
    return taps;
}

Image<uint8_t> alongRows(const PixelView& source, const Taps<int32_t>& taps) {
    Image<uint8_t> out(taps.outputs(), source.height, source.channels);
    bestKernels().alongRows(source, taps, out);
    return out;
}

Image<uint8_t> downColumns(const PixelView& source, const Taps<int32_t>& taps) {
    Image<uint8_t> out(source.width, taps.outputs(), source.channels);
    for (int y = 0; y < out.height; y++) {
        bestKernels().ofRows(source.row(taps.first[size_t(y)]), source.stride, taps.at(y),
                             taps.count[size_t(y)], out.stride(), out.row(y));
    }
    return out;
}

PixelView part(PixelView source, Span columns, Span rows) {
    source.data = source.row(rows.first) + ptrdiff_t(columns.first) * source.channels;
    source.width = columns.length;
    source.height = rows.length;
    return source;
}

// Since version 13: where that is less work, by its estimate. Before, columns always came second.
bool columnsComeFirst(const PixelView& source, const Target& target) {
    const int64_t columns = int64_t(source.width) - target.width, rows = int64_t(source.height) - target.height;
    return rows > 0 && rows > 2 * columns;
}

} // namespace

Image<uint8_t> resizePillow(const PixelView& source, const Target& target, PillowFilter filter) {
    const Window& window = target.window;
    if (filter == PillowFilter::nearest ||
        (source.width == target.width && source.height == target.height)) {
        return pick(source, nearestPositions(source.width, target.width, window.left, window.width),
                    nearestPositions(source.height, target.height, window.top, window.height));
    }
    const Filter& shape = filterOf(filter);
    if (source.height == target.height) {
        const PixelView rows = part(source, {0, source.width}, {window.top, window.height});
        return alongRows(rows, fixedTaps(source.width, target.width, window.left, window.width, shape));
    }
    const Taps<int32_t> down = fixedTaps(source.height, target.height, window.top, window.height, shape);
    if (source.width == target.width) {
        return downColumns(part(source, {window.left, window.width}, {0, source.height}), down);
    }
    // Of the first pass only what the second one reads.
    const Taps<int32_t> along = fixedTaps(source.width, target.width, window.left, window.width, shape);
    const Span columns = spanOf(along), rows = spanOf(down);
    if (columnsComeFirst(source, target)) {
        const Image<uint8_t> low = downColumns(part(source, columns, {0, source.height}), down);
        return alongRows(viewOf(low), shifted(along, columns.first));
    }
    const Image<uint8_t> narrow = alongRows(part(source, {0, source.width}, rows), along);
    return downColumns(viewOf(narrow), shifted(down, rows.first));
}

} // namespace twinfer::preprocess
