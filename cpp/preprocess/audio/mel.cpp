#include "mel.h"

#include <algorithm>
#include <cmath>

namespace twinfer::audio {

namespace {

constexpr double kLinearStep = 200.0 / 3; // Hz a mel, below the break of Slaney's scale
constexpr double kBreak = 1000;           // Hz
const double kLogStep = std::log(6.4) / 27;

double toMel(double hz, MelScale scale) {
    if (scale == MelScale::htk) return 2595 * std::log10(1 + hz / 700);
    if (hz < kBreak) return hz / kLinearStep;
    return kBreak / kLinearStep + std::log(hz / kBreak) / kLogStep;
}

double toHz(double mel, MelScale scale) {
    if (scale == MelScale::htk) return 700 * (std::pow(10, mel / 2595) - 1);
    if (mel < kBreak / kLinearStep) return mel * kLinearStep;
    return kBreak * std::exp((mel - kBreak / kLinearStep) * kLogStep);
}

// A triangle's height at `at`, 1 at its centre.
double heightAt(double at, double left, double centre, double right) {
    return std::min((at - left) / (centre - left), (right - at) / (right - centre));
}

} // namespace

std::vector<MelFilter> melFilters(const MelRule& rule, double sampleRate, size_t fftLength) {
    const double lowest = toMel(rule.lowest, rule.scale), highest = toMel(rule.highest, rule.scale);
    const auto melOf = [&](size_t point) {
        return lowest + (highest - lowest) * double(point) / double(rule.count + 1);
    };
    const bool isInMel = rule.shape == MelShape::mel;
    const size_t bins = fftLength / 2 + (isInMel ? 0 : 1);
    std::vector<MelFilter> filters(rule.count);
    for (size_t i = 0; i < rule.count; i++) {
        double points[3], hz[3];
        for (size_t k = 0; k < 3; k++) {
            hz[k] = toHz(melOf(i + k), rule.scale);
            points[k] = isInMel ? melOf(i + k) : hz[k];
        }
        if (rule.shape == MelShape::symmetric) points[2] = 2 * points[1] - points[0];
        const double area = rule.isAreaOne ? 2 / (hz[2] - hz[0]) : 1;
        MelFilter& filter = filters[i];
        for (size_t bin = 0; bin < bins; bin++) {
            const double frequency = double(bin) * sampleRate / double(fftLength);
            const double at = isInMel ? toMel(frequency, rule.scale) : frequency;
            const double height = heightAt(at, points[0], points[1], points[2]);
            if (height <= 0) {
                if (filter.weights.empty()) continue;
                break;
            }
            if (filter.weights.empty()) filter.first = bin;
            filter.weights.push_back(height * area);
        }
    }
    return filters;
}

} // namespace twinfer::audio
