#pragma once

#include <cstddef>

#include "values.h"

namespace twinfer::metrics {

// Where class scores lie: the score of class c at position (o, i) is at (o * classes + c) * inner + i.
struct ClassAxis {
    size_t outer, classes, inner;
};

struct Argmax {
    size_t count = 0, flips = 0, explainedFlips = 0;
};

// Compares the best class at every position; of equal scores the first class wins, NaN never does. A flip is
// explained where all scores there are finite or the same on both sides, and the reference's best score is at
// most 2 * explainedBy above the second: errors of that size on both can close the gap.
// `threads` as in MeasureOptions.
Argmax compareArgmax(const Values& reference, const Values& candidate, const ClassAxis& axis,
                     double explainedBy, size_t threads);

} // namespace twinfer::metrics
