#pragma once

#include <vector>

#include "../runner/runner.h"
#include "network.h"

namespace twinfer {

// What a network says of its inputs: dimensions from the Input layers' hints (pnnx leaves most open) or
// from RunnerOptions.inputShapes, int32 where an Embed reads the blob, float32 elsewhere.
std::vector<TensorSpec> inputSpecs(const Network& network, const RunnerOptions& options);

// The shape without a leading batch axis of 1, which ncnn does not have.
Shape dropBatch(const TensorSpec& spec, const Shape& shape);

// Throws TWINFER_DTYPE_MISMATCH or TWINFER_LENGTH_MISMATCH.
void checkInputMemory(const TensorSpec& spec, const InputView& input);

// Throws TWINFER_SHAPE_MISMATCH for a shape that ncnn cannot hold or the model does not take.
void checkDimensions(const TensorSpec& spec, const Shape& dimensions);

} // namespace twinfer
