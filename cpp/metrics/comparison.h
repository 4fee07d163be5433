#pragma once

#include <optional>

#include "argmax.h"
#include "measure.h"
#include "parts.h"

namespace twinfer::metrics {

struct ComparisonRequest {
    Values reference, candidate;
    MeasureOptions options;
    std::optional<ClassAxis> classes; // also compares the best classes
    // For compareArgmax; where there is none, this many times the root mean square error of all values.
    std::optional<double> explainedBy;
    double explainedRms = 0;
    std::vector<size_t>
        partSizes; // the dimensions whose parts are summed up too; their product is the length
};

// The first position where they disagree and one side is not finite, else the one with the largest error.
struct WorstElement {
    size_t index;
    double reference, candidate;
};

struct Comparison {
    Measurement measurement;
    std::optional<WorstElement> worst; // none where nothing differs
    std::optional<Argmax> argmax;
    std::vector<AxisSums> parts;
};

Comparison compare(const ComparisonRequest& request);

} // namespace twinfer::metrics
