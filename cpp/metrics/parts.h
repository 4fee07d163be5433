#pragma once

#include <vector>

#include "block_kernels.h"
#include "values.h"

namespace twinfer::metrics {

// The fields of PartSums for all parts of one dimension: field f of part i at [f * size + i].
using AxisSums = std::vector<double>;

// A dimension with more parts gets no sums: they would take more memory than the values, and each has few
// values.
constexpr size_t kMostParts = size_t(1) << 16;

// For every dimension of `sizes`, whose product is the length of both, the sums of its parts (none: empty) in
// one pass. The result does not depend on the number of threads, at most as many as in MeasureOptions.
std::vector<AxisSums> sumParts(const Values& reference, const Values& candidate,
                               const std::vector<size_t>& sizes, size_t threads);

} // namespace twinfer::metrics
