#pragma once

#include <vector>

#include "../runner/runner.h"
#include "network.h"

namespace twinfer {

// What is known of an input before it is there.
struct InputSpec {
    // Dimensions from RunnerOptions.inputShapes, or from the Input layer, where they are a converter's note
    // that ncnn never reads (pnnx leaves most open). int32 where an Embed reads what it is, float32
    // elsewhere.
    TensorSpec tensor;
    bool declared = false; // by inputShapes
    size_t rank = 0;       // as declared or noted; 0 where neither
};

std::vector<InputSpec> inputSpecs(const Network& network,
                                  const std::vector<std::pair<std::string, Shape>>& inputShapes);

// Throws TWINFER_DTYPE_MISMATCH or TWINFER_LENGTH_MISMATCH.
void checkInputMemory(const TensorSpec& spec, const InputView& input);

// Throws TWINFER_SHAPE_MISMATCH for an array of another shape than inputShapes declares, with or without a
// batch.
void checkDeclared(const InputSpec& spec, const Shape& shape);

} // namespace twinfer
