#include "pillow.h"

#include <algorithm>
#include <cstring>

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

Image<uint8_t> alongRows(const PixelView& source, const Target& target, const Filter& filter) {
    const Window& window = target.window;
    Image<uint8_t> out(window.width, source.height, source.channels);
    if (target.width == source.width) {
        const size_t bytes = out.stride();
        for (int y = 0; y < source.height; y++) {
            std::memcpy(out.row(y), source.row(y) + window.left * source.channels, bytes);
        }
        return out;
    }
    bestKernels().alongRows(source, fixedTaps(source.width, target.width, window.left, window.width, filter),
                            out);
    return out;
}

} // namespace

Image<uint8_t> resizePillow(const PixelView& source, const Target& target, PillowFilter filter) {
    const Window& window = target.window;
    if (filter == PillowFilter::nearest) {
        return pick(source, nearestPositions(source.width, target.width, window.left, window.width),
                    nearestPositions(source.height, target.height, window.top, window.height));
    }
    const Filter& shape = filterOf(filter);
    if (target.height == source.height) {
        PixelView rows = source;
        rows.data = source.row(window.top);
        rows.height = window.height;
        return alongRows(rows, target, shape);
    }
    Taps<int32_t> taps = fixedTaps(source.height, target.height, window.top, window.height, shape);
    // Only the rows that the second pass reads.
    const int first = taps.first.front(), last = taps.first.back() + taps.count.back();
    PixelView rows = source;
    rows.data = source.row(first);
    rows.height = last - first;
    const Image<uint8_t> narrow = alongRows(rows, target, shape);
    Image<uint8_t> out(window.width, window.height, source.channels);
    for (int y = 0; y < window.height; y++) {
        bestKernels().ofRows(narrow.row(taps.first[size_t(y)] - first), narrow.stride(), taps.at(y),
                             taps.count[size_t(y)], out.stride(), out.row(y));
    }
    return out;
}

} // namespace twinfer::preprocess
