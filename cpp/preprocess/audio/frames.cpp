#include "frames.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "error.h"

namespace twinfer::audio {

namespace {

constexpr double kPi = 3.14159265358979323846;

double heightOf(WindowShape shape, double turn) {
    const double cosine = std::cos(2 * kPi * turn);
    switch (shape) {
    case WindowShape::hann: return 0.5 - 0.5 * cosine;
    case WindowShape::hamming: return 0.54 - 0.46 * cosine;
    case WindowShape::povey: return std::pow(0.5 - 0.5 * cosine, 0.85);
    case WindowShape::blackman: return 0.42 - 0.5 * cosine + 0.08 * std::cos(4 * kPi * turn);
    case WindowShape::rectangular: break;
    }
    return 1;
}

double energyOf(const double* frame, size_t length) {
    double sum = 0;
    for (size_t i = 0; i < length; i++) sum += frame[i] * frame[i];
    return sum;
}

} // namespace

std::vector<double> windowOf(const FrameRule& rule) {
    std::vector<double> window(rule.frameLength, 1);
    const size_t period = rule.frameLength - (rule.isPeriodic ? 0 : 1);
    for (size_t i = 0; i < window.size() && period > 0; i++) {
        window[i] = heightOf(rule.window, double(i) / double(period));
    }
    return window;
}

Frames::Frames(const float* samples, size_t count, double scale, const FrameRule& rule)
    : rule_(rule), signal_(count), window_(windowOf(rule)) {
    for (size_t i = 0; i < count; i++) {
        if (!std::isfinite(samples[i])) {
            throw Error("TWINFER_INVALID_ARGUMENT",
                        "samples: expected finite numbers, received one that is not at " + std::to_string(i));
        }
        signal_[i] = double(samples[i]) * scale;
    }
    if (!rule.preemphasisesFrames) {
        for (size_t i = count; i-- > 1;) signal_[i] -= rule.preemphasis * signal_[i - 1];
    }
    const size_t span = rule.isCentredInFft ? rule.fftLength : rule.frameLength;
    const size_t hop = rule.hopLength, half = span / 2;
    const size_t least = rule.edges == Edges::snip ? span : rule.edges == Edges::reflect ? half + 1 : 1;
    if (count < least) {
        throw Error("TWINFER_LENGTH_MISMATCH", "samples: expected " + std::to_string(least) +
                                                   " or more for one frame, received " +
                                                   std::to_string(count));
    }
    const ptrdiff_t within = rule.isCentredInFft ? ptrdiff_t((rule.fftLength - rule.frameLength) / 2) : 0;
    switch (rule.edges) {
    case Edges::snip:
        count_ = 1 + (count - span) / hop;
        first_ = within;
        break;
    case Edges::mirror:
        count_ = (count + hop / 2) / hop;
        first_ = ptrdiff_t(hop / 2) - ptrdiff_t(half) + within;
        break;
    case Edges::reflect:
    case Edges::constant:
        count_ = 1 + (count + 2 * half - span) / hop;
        first_ = within - ptrdiff_t(half);
        break;
    }
}

double Frames::at(ptrdiff_t index) const {
    const ptrdiff_t size = ptrdiff_t(signal_.size());
    if (index >= 0 && index < size) return signal_[size_t(index)];
    if (rule_.edges == Edges::constant) return 0;
    // Kaldi's mirrors begin with the outermost sample itself.
    const ptrdiff_t itself = rule_.edges == Edges::mirror ? 1 : 0;
    while (index < 0 || index >= size) index = index < 0 ? -index - itself : 2 * size - 2 + itself - index;
    return signal_[size_t(index)];
}

double Frames::read(size_t index, bool isRaw, double* out) const {
    const size_t length = rule_.frameLength;
    const ptrdiff_t start = first_ + ptrdiff_t(index * rule_.hopLength);
    std::fill(out, out + rule_.fftLength, 0.0);
    for (size_t i = 0; i < length; i++) out[i] = at(start + ptrdiff_t(i));
    if (rule_.removesDcOffset) {
        double mean = 0;
        for (size_t i = 0; i < length; i++) mean += out[i];
        mean /= double(length);
        for (size_t i = 0; i < length; i++) out[i] -= mean;
    }
    const double raw = isRaw ? energyOf(out, length) : 0;
    if (rule_.preemphasisesFrames) {
        for (size_t i = length; i-- > 1;) out[i] -= rule_.preemphasis * out[i - 1];
        out[0] -= rule_.preemphasis * out[0];
    }
    for (size_t i = 0; i < length; i++) out[i] *= window_[i];
    return isRaw ? raw : energyOf(out, length);
}

} // namespace twinfer::audio
