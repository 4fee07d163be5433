#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace twinfer::preprocess {

// What each output position along one axis is made of: `count` neighbours from `first` on, times weights.
// Those of output i are at [i * size]; the rest up to `size` is zero.
template <typename Weight> struct Taps {
    int size = 0;
    std::vector<int> first;
    std::vector<int> count;
    std::vector<Weight> weights;

    int outputs() const { return int(first.size()); }
    const Weight* at(int output) const { return weights.data() + size_t(output) * size_t(size); }
    Weight* at(int output) { return weights.data() + size_t(output) * size_t(size); }
};

// A filter around 0, and the distance from which on it is zero.
struct Filter {
    double support;
    double (*value)(double distance);
};

extern const Filter kBox, kTriangle, kHamming, kCubic, kLanczos3;

// Weights of sum 1 for outputs from..from+wanted of `out`, resized from `in`; the filter is stretched where
// the image shrinks. As Pillow computes them (and PyTorch with antialias), for T = double (float).
template <typename T> Taps<T> stretchedTaps(int in, int out, int from, int wanted, const Filter& filter);

} // namespace twinfer::preprocess
