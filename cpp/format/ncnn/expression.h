#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shape/blob_shape.h"

namespace twinfer {

// The list expressions of Reshape, Crop and Interp, in prefix notation: "/(0w,2),*(0h,2),0c" is half
// the width, twice the height and the channels of bottom 0.

// The number of bottoms that an expression refers to.
int blobsInExpression(const std::string& text);

// What ncnn would crash on: operators without enough operands (it pops an empty stack), words that
// are none. Empty when there is nothing to complain about.
std::string problemOfExpression(const std::string& text);

// The values, or nothing when a shape is unknown or an operator is not about sizes. Throws
// TWINFER_MODEL_INVALID on a division by zero, which would end the process.
std::optional<std::vector<int>> evaluateExpression(const std::string& text,
                                                   const std::vector<BlobShape>& blobs);

} // namespace twinfer
