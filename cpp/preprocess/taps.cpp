#include "taps.h"

#include <algorithm>
#include <cmath>

namespace twinfer::preprocess {

namespace {

constexpr double kPi = 3.141592653589793238462643383279502884;

double box(double x) {
    return x > -0.5 && x <= 0.5 ? 1 : 0;
}

double triangle(double x) {
    return std::max(0.0, 1 - std::fabs(x));
}

double sinc(double x) {
    return x == 0 ? 1 : std::sin(x * kPi) / (x * kPi);
}

double hamming(double x) {
    x = std::fabs(x);
    return x >= 1 ? 0 : sinc(x) * (double(0.54f) + double(0.46f) * std::cos(x * kPi));
}

// Keys' cubic with a = -0.5.
double cubic(double x) {
    constexpr double a = -0.5;
    x = std::fabs(x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

double lanczos3(double x) {
    return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

} // namespace

const Filter kBox{0.5, box}, kTriangle{1, triangle}, kHamming{1, hamming}, kCubic{2, cubic},
    kLanczos3{3, lanczos3};

template <typename T> Taps<T> stretchedTaps(int in, int out, int from, int wanted, const Filter& filter) {
    const T scale = T(in) / T(out);
    const T stretch = std::max(scale, T(1));
    const T support = T(filter.support) * stretch;
    const T inverse = T(1) / stretch;
    Taps<T> taps;
    taps.size = std::min(int(std::ceil(support)) * 2 + 1, in);
    taps.first.reserve(size_t(wanted));
    taps.count.reserve(size_t(wanted));
    taps.weights.resize(size_t(wanted) * size_t(taps.size));
    for (int i = 0; i < wanted; i++) {
        const T centre = (T(from + i) + T(0.5)) * scale;
        const int first = std::max(int(centre - support + T(0.5)), 0);
        const int count = std::min(int(centre + support + T(0.5)), in) - first;
        T* weights = taps.at(i);
        T sum = 0;
        for (int k = 0; k < count; k++) {
            weights[k] = T(filter.value(double((T(k + first) - centre + T(0.5)) * inverse)));
            sum += weights[k];
        }
        if (sum != 0) {
            for (int k = 0; k < count; k++) weights[k] /= sum;
        }
        taps.first.push_back(first);
        taps.count.push_back(count);
    }
    return taps;
}

template Taps<double> stretchedTaps<double>(int, int, int, int, const Filter&);
template Taps<float> stretchedTaps<float>(int, int, int, int, const Filter&);

} // namespace twinfer::preprocess
