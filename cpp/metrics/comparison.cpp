#include "comparison.h"

#include <algorithm>
#include <cmath>

namespace twinfer::metrics {

namespace {

double valueAt(const Values& values, size_t index) {
    double value;
    readValues(values, index, 1, &value);
    return value;
}

} // namespace

Comparison compare(const ComparisonRequest& request) {
    Comparison comparison;
    comparison.measurement = measure(request.reference, request.candidate, request.options);
    const Sums& sums = comparison.measurement.sums;
    const size_t worst = sums.nonFiniteIndex != kNowhere ? sums.nonFiniteIndex : sums.maxAbsIndex;
    if (worst != kNowhere) {
        comparison.worst = {worst, valueAt(request.reference, worst), valueAt(request.candidate, worst)};
    }
    if (request.classes) {
        const double rms = std::sqrt(sums.errorPower / double(std::max<size_t>(sums.finite, 1)));
        comparison.argmax =
            compareArgmax(request.reference, request.candidate, *request.classes,
                          request.explainedBy.value_or(request.explainedRms * rms), request.options.threads);
    }
    comparison.parts =
        sumParts(request.reference, request.candidate, request.partSizes, request.options.threads);
    return comparison;
}

} // namespace twinfer::metrics
