#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ncnn/mat.h>

#include "../runner/runner.h"

namespace twinfer {

// Dimensions of a Mat, outermost first: [c,d,h,w], [c,h,w], [h,w] or [w], behind the batch where a layer made
// one.
Shape shapeOf(const ncnn::Mat& mat);

// Copies a Mat's elements without the padding between channels. `into` has room for elements × 4 bytes.
void compact(const ncnn::Mat& mat, void* into);

// Hands out an extracted Mat: its own memory where that has no padding, a compact copy otherwise. An empty
// one, which a detector leaves that found nothing, gets the shape `empty`. `keep` is held together with the
// Mat (the allocator it came from).
OutputTensor toOutput(ncnn::Mat mat, std::shared_ptr<const void> keep, const Destination* destination,
                      const Shape& empty = {0});

// One output of several runs, with the runs as the outermost axis. Throws TWINFER_SHAPE_MISMATCH where they
// gave different shapes.
OutputTensor stack(const std::vector<ncnn::Mat>& items, const std::string& name,
                   const Destination* destination, const Shape& empty = {0});

} // namespace twinfer
