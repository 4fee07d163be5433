#include "torchvision.h"

#include <algorithm>
#include <cmath>

#include "taps.h"

namespace twinfer::preprocess {

namespace {

// One pixel each, by PyTorch's float32 positions.
Taps<float> nearestTaps(int in, int out, int from, int wanted, bool isExact) {
    const float scale = float(in) / float(out);
    Taps<float> taps;
    taps.size = 1;
    taps.weights.assign(size_t(wanted), 1.f);
    taps.count.assign(size_t(wanted), 1);
    for (int i = from; i < from + wanted; i++) {
        const float position = (float(i) + (isExact ? 0.5f : 0.f)) * scale;
        taps.first.push_back(std::min(int(std::floor(position)), in - 1));
    }
    return taps;
}

void cubicWeights(float x, float* weights) {
    constexpr float a = -0.75f;
    const auto near = [](float d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
    const auto far = [](float d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
    weights[0] = far(x + 1);
    weights[1] = near(x);
    weights[2] = near(1 - x);
    weights[3] = far(2 - x);
}

// Two or four pixels each, repeated at the border, however much the image shrinks.
Taps<float> interpolatingTaps(int in, int out, int from, int wanted, bool isCubic) {
    const float scale = float(in) / float(out);
    Taps<float> taps;
    taps.size = std::min(isCubic ? 4 : 2, in);
    taps.count.assign(size_t(wanted), taps.size);
    taps.weights.resize(size_t(wanted) * size_t(taps.size));
    for (int i = 0; i < wanted; i++) {
        float position = (float(from + i) + 0.5f) * scale - 0.5f;
        if (!isCubic) position = std::max(position, 0.f);
        const int whole = int(std::floor(position));
        const float part = position - float(whole);
        float weights[4] = {1 - part, part, 0, 0};
        if (isCubic) cubicWeights(part, weights);
        const int begin = whole - (isCubic ? 1 : 0);
        const int first = std::clamp(begin, 0, in - taps.size);
        for (int k = 0; k < (isCubic ? 4 : 2); k++) {
            taps.at(i)[std::clamp(begin + k, 0, in - 1) - first] += weights[k];
        }
        taps.first.push_back(first);
    }
    return taps;
}

Taps<float> tapsOf(int in, int out, int from, int wanted, TorchFilter filter, bool smooths) {
    const bool isCubic = filter == TorchFilter::bicubic;
    if (filter == TorchFilter::nearest || filter == TorchFilter::nearestExact) {
        return nearestTaps(in, out, from, wanted, filter == TorchFilter::nearestExact);
    }
    if (smooths) return stretchedTaps<float>(in, out, from, wanted, isCubic ? kCubic : kTriangle);
    return interpolatingTaps(in, out, from, wanted, isCubic);
}

} // namespace

Image<float> resizeTorchvision(const PixelView& source, const Target& target, TorchFilter filter,
                               bool smooths) {
    const Window& window = target.window;
    const int channels = source.channels;
    const Taps<float> columns =
        tapsOf(source.width, target.width, window.left, window.width, filter, smooths);
    const Taps<float> lines =
        tapsOf(source.height, target.height, window.top, window.height, filter, smooths);
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
