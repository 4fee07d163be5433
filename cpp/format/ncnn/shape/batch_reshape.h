#pragma once

#include <optional>
#include <vector>

#include "blob_shape.h"

namespace twinfer {

// Reshape with batch axes (12= and 13=, 233 where absent), as pnnx writes it for models whose first
// axis is a batch. `sizes` is outermost first; 0 copies an axis by its place, -1 takes what is left.
// Nothing when the result has a batch of its own or ncnn would refuse it.
std::optional<BlobShape> reshapeWithBatch(const BlobShape& in, std::vector<int64_t> sizes, int inputAxis,
                                          int outputAxis);

} // namespace twinfer
