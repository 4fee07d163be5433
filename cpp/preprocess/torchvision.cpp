#include "torchvision.h"

#include <algorithm>
#include <cmath>

#include "passes.h"
#include "pick.h"
#include "taps.h"

namespace twinfer::preprocess {

namespace {

// By PyTorch's float32 positions.
std::vector<int> nearestPositions(int in, int out, int from, int wanted, bool isExact) {
    const float scale = float(in) / float(out);
    std::vector<int> positions;
    for (int i = from; i < from + wanted; i++) {
        const float position = (float(i) + (isExact ? 0.5f : 0.f)) * scale;
        positions.push_back(std::min(int(std::floor(position)), in - 1));
    }
    return positions;
}

template <typename T> void cubicWeights(T x, T* weights) {
    constexpr T a = T(-0.75);
    const auto near = [](T d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
    const auto far = [](T d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
    weights[0] = far(x + 1);
    weights[1] = near(x);
    weights[2] = near(1 - x);
    weights[3] = far(2 - x);
}

// Two or four pixels each, repeated at the border, however much the image shrinks.
template <typename T> Taps<T> interpolatingTaps(int in, int out, int from, int wanted, bool isCubic) {
    const T scale = T(in) / T(out);
    Taps<T> taps;
    taps.size = std::min(isCubic ? 4 : 2, in);
    taps.count.assign(size_t(wanted), taps.size);
    taps.weights.resize(size_t(wanted) * size_t(taps.size));
    for (int i = 0; i < wanted; i++) {
        T position = (T(from + i) + T(0.5)) * scale - T(0.5);
        if (!isCubic) position = std::max(position, T(0));
        const int whole = int(std::floor(position));
        const T fraction = position - T(whole);
        T weights[4] = {1 - fraction, fraction, 0, 0};
        if (isCubic) cubicWeights(fraction, weights);
        const int begin = whole - (isCubic ? 1 : 0);
        const int first = std::clamp(begin, 0, in - taps.size);
        for (int k = 0; k < (isCubic ? 4 : 2); k++) {
            taps.at(i)[std::clamp(begin + k, 0, in - 1) - first] += weights[k];
        }
        taps.first.push_back(first);
    }
    return taps;
}

template <typename T>
Taps<T> tapsOf(int in, int out, int from, int wanted, TorchFilter filter, bool smooths) {
    const bool isCubic = filter == TorchFilter::bicubic;
    if (smooths) return stretchedTaps<T>(in, out, from, wanted, isCubic ? kCubic : kTriangle);
    return interpolatingTaps<T>(in, out, from, wanted, isCubic);
}

// As many fraction bits as let the largest weight stay within 16 bits.
int fractionBits(const Taps<double>& taps) {
    const double largest = *std::max_element(taps.weights.begin(), taps.weights.end());
    int bits = 0;
    while (bits < kWeightBits && int64_t(0.5 + largest * double(int64_t(1) << (bits + 1))) < (1 << 15))
        bits++;
    return bits;
}

Image<uint8_t> pickNearest(const PixelView& source, const Target& target, bool isExact) {
    const Window& window = target.window;
    return pick(source, nearestPositions(source.width, target.width, window.left, window.width, isExact),
                nearestPositions(source.height, target.height, window.top, window.height, isExact));
}

bool isNearest(TorchFilter filter) {
    return filter == TorchFilter::nearest || filter == TorchFilter::nearestExact;
}

} // namespace

Image<uint8_t> resizeTorchvisionBytes(const PixelView& source, const Target& target, TorchFilter filter,
                                      bool smooths) {
    if (isNearest(filter) || (source.width == target.width && source.height == target.height)) {
        return pickNearest(source, target, filter == TorchFilter::nearestExact);
    }
    // PyTorch chooses the precision for all outputs, also those that are not wanted here.
    const auto taps = [&](int in, int out, int from, int wanted) {
        const int bits = fractionBits(tapsOf<double>(in, out, 0, out, filter, smooths));
        return fixedTaps(tapsOf<double>(in, out, from, wanted, filter, smooths), bits);
    };
    const Window& window = target.window;
    const auto along = [&] { return taps(source.width, target.width, window.left, window.width); };
    const auto down = [&] { return taps(source.height, target.height, window.top, window.height); };
    return inTwoPasses(source, target, along, down, false);
}

Image<float> resizeTorchvisionFloats(const PixelView& source, const Target& target, TorchFilter filter,
                                     bool smooths) {
    const Window& window = target.window;
    if (isNearest(filter)) {
        const Image<uint8_t> picked = pickNearest(source, target, filter == TorchFilter::nearestExact);
        Image<float> out(picked.width, picked.height, picked.channels);
        std::copy(picked.data.begin(), picked.data.end(), out.data.begin());
        return out;
    }
    const int channels = source.channels;
    const Taps<float> columns =
        tapsOf<float>(source.width, target.width, window.left, window.width, filter, smooths);
    const Taps<float> lines =
        tapsOf<float>(source.height, target.height, window.top, window.height, filter, smooths);
    const int first = lines.first.front(), last = lines.first.back() + lines.count.back();
    Image<float> narrow(window.width, last - first, channels);
    for (int y = 0; y < narrow.height; y++) {
        const uint8_t* const row = source.row(first + y);
        float* to = narrow.row(y);
        for (int x = 0; x < window.width; x++) {
            const uint8_t* const pixels = row + ptrdiff_t(columns.first[size_t(x)]) * channels;
            for (int channel = 0; channel < channels; channel++) {
                const uint8_t* pixel = pixels + channel;
                float sum = 0;
                for (int k = 0; k < columns.count[size_t(x)]; k++, pixel += channels) {
                    sum += float(*pixel) * columns.at(x)[k];
                }
                *to++ = sum;
            }
        }
    }
    Image<float> out(window.width, window.height, channels);
    for (int y = 0; y < out.height; y++) {
        float* const to = out.row(y);
        for (int k = 0; k < lines.count[size_t(y)]; k++) {
            const float* const row = narrow.row(lines.first[size_t(y)] - first + k);
            const float weight = lines.at(y)[k];
            for (size_t i = 0; i < out.stride(); i++) to[i] += row[i] * weight;
        }
    }
    return out;
}

} // namespace twinfer::preprocess
