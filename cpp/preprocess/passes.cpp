#include "passes.h"

namespace twinfer::preprocess {

namespace {

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

} // namespace

template <typename T> Taps<int32_t> fixedTaps(const Taps<T>& exact, int bits) {
    Taps<int32_t> fixed;
    fixed.size = exact.size;
    fixed.first = exact.first;
    fixed.count = exact.count;
    fixed.weights.reserve(exact.weights.size());
    for (const T weight : exact.weights) {
        const int32_t rounded = int32_t(double(weight) * (1 << bits) + (weight < 0 ? -0.5 : 0.5));
        fixed.weights.push_back(rounded * (1 << (kWeightBits - bits)));
    }
    return fixed;
}

template Taps<int32_t> fixedTaps(const Taps<double>&, int);
template Taps<int32_t> fixedTaps(const Taps<float>&, int);

Image<uint8_t> inTwoPasses(const PixelView& source, const Target& target, const MakeTaps& makeAlong,
                           const MakeTaps& makeDown, bool columnsComeFirst) {
    const Window& window = target.window;
    const Span everyColumn{0, source.width}, everyRow{0, source.height};
    if (source.height == target.height) {
        return alongRows(part(source, everyColumn, {window.top, window.height}), makeAlong());
    }
    const Taps<int32_t> down = makeDown();
    if (source.width == target.width) {
        return downColumns(part(source, {window.left, window.width}, everyRow), down);
    }
    const Taps<int32_t> along = makeAlong();
    const Span columns = spanOf(along), rows = spanOf(down);
    if (columnsComeFirst) {
        const Image<uint8_t> low = downColumns(part(source, columns, everyRow), down);
        return alongRows(viewOf(low), shifted(along, columns.first));
    }
    const Image<uint8_t> narrow = alongRows(part(source, everyColumn, rows), along);
    return downColumns(viewOf(narrow), shifted(down, rows.first));
}

} // namespace twinfer::preprocess
