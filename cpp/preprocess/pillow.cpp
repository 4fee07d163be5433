#include "pillow.h"

#include <algorithm>

#include "passes.h"
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
    return fixedTaps(stretchedTaps<double>(in, out, from, wanted, filter), kWeightBits);
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

// Since version 13: where that is less work, by its estimate. Before, columns always came second.
bool columnsComeFirst(const PixelView& source, const Target& target) {
    const int64_t columns = int64_t(source.width) - target.width,
                  rows = int64_t(source.height) - target.height;
    return rows > 0 && rows > 2 * columns;
}

} // namespace

Image<uint8_t> resizePillow(const PixelView& source, const Target& target, PillowFilter filter) {
    const Window& window = target.window;
    if (filter == PillowFilter::nearest || (source.width == target.width && source.height == target.height)) {
        return pick(source, nearestPositions(source.width, target.width, window.left, window.width),
                    nearestPositions(source.height, target.height, window.top, window.height));
    }
    const Filter& shape = filterOf(filter);
    const auto along = [&] {
        return fixedTaps(source.width, target.width, window.left, window.width, shape);
    };
    const auto down = [&] {
        return fixedTaps(source.height, target.height, window.top, window.height, shape);
    };
    return inTwoPasses(source, target, along, down, columnsComeFirst(source, target));
}

} // namespace twinfer::preprocess
