#include <algorithm>
#include <cmath>

#include "opencv.h"
#include "taps.h"

namespace twinfer::preprocess {

namespace {

uint8_t rounded(float value) {
    return uint8_t(std::clamp(std::lrint(value), 0l, 255l));
}

// Whole factors: a sum of integers, divided once.
Image<uint8_t> averageBlocks(const PixelView& source, const Target& target, int across, int down) {
    const Window& window = target.window;
    const float share = 1.f / float(across * down);
    Image<uint8_t> out(window.width, window.height, source.channels);
    for (int y = 0; y < out.height; y++) {
        const uint8_t* const top = source.row((window.top + y) * down);
        uint8_t* to = out.row(y);
        for (int x = 0; x < out.width; x++) {
            const uint8_t* const block = top + ptrdiff_t(window.left + x) * across * source.channels;
            for (int channel = 0; channel < source.channels; channel++) {
                int64_t sum = 0; // of thousands of pixels squared, too
                for (int row = 0; row < down; row++) {
                    const uint8_t* pixel = block + size_t(row) * source.stride + channel;
                    for (int column = 0; column < across; column++, pixel += source.channels) sum += *pixel;
                }
                *to++ = across == 2 && down == 2 ? uint8_t((sum + 2) >> 2) : rounded(float(sum) * share);
            }
        }
    }
    return out;
}

// How much of each pixel an output covers: parts at both ends, whole ones between.
Taps<float> coveredTaps(int in, int out, int from, int wanted) {
    const double scale = 1.0 / (double(out) / in);
    Taps<float> taps;
    taps.size = std::min(int(std::ceil(scale)) + 2, in + 1);
    taps.weights.resize(size_t(wanted) * size_t(taps.size));
    for (int i = 0; i < wanted; i++) {
        const double start = (from + i) * scale, end = start + scale;
        const double width = std::min(scale, in - start);
        const int whole = int(std::ceil(start));
        const int wholeEnd = std::min(int(std::floor(end)), in - 1);
        const int wholeStart = std::min(whole, wholeEnd);
        float* weights = taps.at(i);
        int first = wholeStart, count = 0;
        if (wholeStart - start > 1e-3) {
            first--;
            weights[count++] = float((wholeStart - start) / width);
        }
        for (int k = wholeStart; k < wholeEnd; k++) weights[count++] = float(1.0 / width);
        if (end - wholeEnd > 1e-3) {
            weights[count++] = float(std::min(std::min(end - wholeEnd, 1.0), width) / width);
        }
        taps.first.push_back(first);
        taps.count.push_back(count);
    }
    return taps;
}

// Adds a row's sums times `share`.
void addAlongRow(const uint8_t* row, int channels, const Taps<float>& taps, float share, float* sums) {
    for (int i = 0; i < taps.outputs(); i++, sums += channels) {
        const uint8_t* const pixels = row + ptrdiff_t(taps.first[size_t(i)]) * channels;
        for (int channel = 0; channel < channels; channel++) {
            float sum = 0;
            const uint8_t* pixel = pixels + channel;
            for (int k = 0; k < taps.count[size_t(i)]; k++, pixel += channels) {
                sum += float(*pixel) * taps.at(i)[k];
            }
            sums[channel] += sum * share;
        }
    }
}

} // namespace

Image<uint8_t> averageOpenCv(const PixelView& source, const Target& target) {
    if (source.width % target.width == 0 && source.height % target.height == 0) {
        return averageBlocks(source, target, source.width / target.width, source.height / target.height);
    }
    const Window& window = target.window;
    const Taps<float> columns = coveredTaps(source.width, target.width, window.left, window.width);
    const Taps<float> lines = coveredTaps(source.height, target.height, window.top, window.height);
    Image<uint8_t> out(window.width, window.height, source.channels);
    std::vector<float> sums(out.stride());
    for (int y = 0; y < out.height; y++) {
        std::fill(sums.begin(), sums.end(), 0.f);
        for (int k = 0; k < lines.count[size_t(y)]; k++) {
            addAlongRow(source.row(lines.first[size_t(y)] + k), source.channels, columns, lines.at(y)[k],
                        sums.data());
        }
        std::transform(sums.begin(), sums.end(), out.row(y), rounded);
    }
    return out;
}

} // namespace twinfer::preprocess
