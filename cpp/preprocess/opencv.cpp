#include "opencv.h"

#include <algorithm>
#include <cmath>

#include "pick.h"
#include "taps.h"

namespace twinfer::preprocess {

namespace {

constexpr int kCoefficientBits = 11;

// Of the four or eight pixels around a position, at `x` from the one before the middle.
void cubicWeights(float x, float* weights) {
    constexpr float a = -0.75f;
    weights[0] = ((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a;
    weights[1] = ((a + 2) * x - (a + 3)) * x * x + 1;
    weights[2] = ((a + 2) * (1 - x) - (a + 3)) * (1 - x) * (1 - x) + 1;
    weights[3] = 1.f - weights[0] - weights[1] - weights[2];
}

// sin(4 y) sin(y) / y^2 with y = (k - 3 - x) pi / 4, up to a factor, which the sum of 1 makes good. The sines
// of all taps follow from that of the first: from tap to tap the angle turns by 225 degrees, sign included.
void lanczosWeights(float x, float* weights) {
    if (x < 1.1920929e-7f) {
        std::fill_n(weights, 8, 0.f);
        weights[3] = 1;
        return;
    }
    constexpr double kQuarter = 3.141592653589793238462643383279502884 * 0.25;
    constexpr double kDiagonal = 0.707106781186547524400844362104849;
    constexpr double cosines[8] = {1, -kDiagonal, 0, kDiagonal, -1, kDiagonal, 0, -kDiagonal};
    constexpr double sines[8] = {0, -kDiagonal, 1, -kDiagonal, 0, kDiagonal, -1, kDiagonal};
    const double start = -double(x + 3) * kQuarter;
    const double sine = std::sin(start), cosine = std::cos(start);
    float sum = 0;
    for (int k = 0; k < 8; k++) {
        const double y = -double(x + 3 - float(k)) * kQuarter;
        weights[k] = float((cosines[k] * sine + sines[k] * cosine) / (y * y));
        sum += weights[k];
    }
    const float share = 1.f / sum;
    for (int k = 0; k < 8; k++) weights[k] *= share;
}

// A position between the pixels `whole` and `whole + 1`.
struct Position {
    int whole;
    float part;
};

Position centred(double scale, int i) {
    const float position = float((i + 0.5) * scale - 0.5);
    const int whole = int(std::floor(position));
    return {whole, position - float(whole)};
}

// `area` where it grows: most outputs lie within one pixel.
Position covering(double scale, int i) {
    const int whole = int(std::floor(i * scale));
    const float part = float((i + 1) - (whole + 1) * (1 / scale));
    return {whole, part <= 0 ? 0.f : part - std::floor(part)};
}

// Taps around each output, `first` outside of the image where the border is repeated. Two taps that would
// both be the border's pixel are one, with all the weight, along rows; down columns they stay two, which
// round by themselves.
Taps<int> interpolatingTaps(int in, int out, int from, int wanted, OpenCvFilter filter, bool isAlongRows) {
    const int size = filter == OpenCvFilter::cubic ? 4 : filter == OpenCvFilter::lanczos4 ? 8 : 2;
    const double scale = 1.0 / (double(out) / in);
    Taps<int> taps;
    taps.size = size;
    taps.weights.resize(size_t(wanted) * size_t(size));
    for (int i = 0; i < wanted; i++) {
        Position position =
            filter == OpenCvFilter::area ? covering(scale, from + i) : centred(scale, from + i);
        float weights[8];
        if (size == 2) {
            if (isAlongRows && position.whole < 0) position = {0, 0};
            if (isAlongRows && position.whole >= in - 1) position = {in - 1, 0};
            weights[0] = 1.f - position.part;
            weights[1] = position.part;
        } else if (size == 4) {
            cubicWeights(position.part, weights);
        } else {
            lanczosWeights(position.part, weights);
        }
        taps.first.push_back(position.whole - size / 2 + 1);
        taps.count.push_back(size);
        for (int k = 0; k < size; k++) {
            taps.at(i)[k] = int(std::lrint(weights[k] * float(1 << kCoefficientBits)));
        }
    }
    return taps;
}

void sumAlongRow(const uint8_t* row, int width, int channels, const Taps<int>& taps, int* out) {
    for (int i = 0; i < taps.outputs(); i++) {
        const int* weights = taps.at(i);
        for (int channel = 0; channel < channels; channel++) *(out + channel) = 0;
        for (int k = 0; k < taps.size; k++) {
            const int column = std::clamp(taps.first[size_t(i)] + k, 0, width - 1);
            const uint8_t* pixel = row + ptrdiff_t(column) * channels;
            for (int channel = 0; channel < channels; channel++) out[channel] += weights[k] * pixel[channel];
        }
        out += channels;
    }
}

uint8_t saturate(int value) {
    return uint8_t(std::clamp(value, 0, 255));
}

// Two rows: OpenCV drops bits before it multiplies, so that 16-bit instructions do.
void blendTwoRows(const int* upper, const int* lower, const int* weights, size_t length, uint8_t* out) {
    for (size_t i = 0; i < length; i++) {
        const int sum = ((weights[0] * (upper[i] >> 4)) >> 16) + ((weights[1] * (lower[i] >> 4)) >> 16);
        out[i] = saturate((sum + 2) >> 2);
    }
}

// Four rows: OpenCV's vectors of eight compute floats, what is left over at the end of a row is not.
size_t blendFourRows(const int* const* rows, const int* weights, size_t length, uint8_t* out) {
    constexpr float kScale = 1.f / (1 << (2 * kCoefficientBits));
    float shares[4];
    for (int k = 0; k < 4; k++) shares[k] = float(weights[k]) * kScale;
    const size_t vectors = length - length % 8;
    for (size_t i = 0; i < vectors; i++) {
        const float lower = float(rows[2][i]) * shares[2] + float(rows[3][i]) * shares[3];
        const float sum = float(rows[0][i]) * shares[0] + (float(rows[1][i]) * shares[1] + lower);
        out[i] = saturate(int(std::lrint(sum)));
    }
    return vectors;
}

void blendRows(const int* const* rows, const int* weights, int count, size_t length, uint8_t* out) {
    constexpr int kBits = 2 * kCoefficientBits;
    const size_t done = count == 4 ? blendFourRows(rows, weights, length, out) : 0;
    for (size_t i = done; i < length; i++) {
        int sum = 1 << (kBits - 1);
        for (int k = 0; k < count; k++) sum += weights[k] * rows[k][i];
        out[i] = saturate(sum >> kBits);
    }
}

// The sums along the source's rows, each computed once, while the outputs go down.
class SummedRows {
  public:
    SummedRows(const PixelView& source, const Taps<int>& columns, int kept)
        : source_(source), columns_(columns), length_(size_t(columns.outputs()) * size_t(source.channels)),
          sums_(length_ * size_t(kept)), held_(size_t(kept), -1) {}

    size_t length() const { return length_; }

    const int* at(int y) {
        y = std::clamp(y, 0, source_.height - 1);
        const size_t slot = size_t(y) % held_.size();
        int* const sums = sums_.data() + slot * length_;
        if (held_[slot] != y) {
            sumAlongRow(source_.row(y), source_.width, source_.channels, columns_, sums);
            held_[slot] = y;
        }
        return sums;
    }

  private:
    const PixelView& source_;
    const Taps<int>& columns_;
    size_t length_;
    std::vector<int> sums_;
    std::vector<int> held_;
};

Image<uint8_t> interpolate(const PixelView& source, const Target& target, OpenCvFilter filter) {
    const Window& window = target.window;
    const Taps<int> columns =
        interpolatingTaps(source.width, target.width, window.left, window.width, filter, true);
    const Taps<int> lines =
        interpolatingTaps(source.height, target.height, window.top, window.height, filter, false);
    SummedRows summed(source, columns, lines.size);
    Image<uint8_t> out(window.width, window.height, source.channels);
    for (int y = 0; y < window.height; y++) {
        const int* rows[8];
        for (int k = 0; k < lines.size; k++) rows[k] = summed.at(lines.first[size_t(y)] + k);
        if (lines.size == 2) {
            blendTwoRows(rows[0], rows[1], lines.at(y), summed.length(), out.row(y));
        } else {
            blendRows(rows, lines.at(y), lines.size, summed.length(), out.row(y));
        }
    }
    return out;
}

std::vector<int> nearestPositions(int in, int out, int from, int wanted) {
    const double scale = 1.0 / (double(out) / in);
    std::vector<int> positions;
    for (int i = from; i < from + wanted; i++)
        positions.push_back(std::min(int(std::floor(i * scale)), in - 1));
    return positions;
}

} // namespace

Image<uint8_t> resizeOpenCv(const PixelView& source, const Target& target, OpenCvFilter filter) {
    const Window& window = target.window;
    const bool shrinks = source.width >= target.width && source.height >= target.height;
    const bool halves = source.width == 2 * target.width && source.height == 2 * target.height;
    if (filter == OpenCvFilter::nearest || (source.width == target.width && source.height == target.height)) {
        return pick(source, nearestPositions(source.width, target.width, window.left, window.width),
                    nearestPositions(source.height, target.height, window.top, window.height));
    }
    if ((filter == OpenCvFilter::area && shrinks) || (filter == OpenCvFilter::linear && halves)) {
        return averageOpenCv(source, target);
    }
    return interpolate(source, target, filter);
}

} // namespace twinfer::preprocess
