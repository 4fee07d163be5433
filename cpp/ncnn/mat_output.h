#pragma once

#include <memory>

#include <ncnn/mat.h>

#include "../runner/runner.h"

namespace twinfer {

// Dimensions of a Mat, outermost first: [c,d,h,w], [c,h,w], [h,w] or [w].
Shape shapeOf(const ncnn::Mat& mat);

// Copies a Mat's elements without the padding between channels. `into` has room for elements × 4 bytes.
void compact(const ncnn::Mat& mat, void* into);

// Hands out an extracted Mat: its own memory where that has no padding, a compact copy otherwise.
// `keep` is held together with the Mat (the allocator it came from).
OutputTensor toOutput(ncnn::Mat mat, std::shared_ptr<const void> keep, const Destination* destination);

} // namespace twinfer
