#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ncnn/mat.h>

#include "../runner/runner.h"
#include "detectors.h"
#include "network.h"

namespace twinfer {

// Dimensions of a Mat, outermost first: [c,d,h,w], [c,h,w], [h,w] or [w], behind the batch where a layer made
// one.
Shape shapeOf(const ncnn::Mat& mat);

// Copies a Mat's elements without the padding between channels. `into` has room for elements × 4 bytes.
void compact(const ncnn::Mat& mat, void* into);

// What is known of a blob before its Mat is there.
struct BlobFacts {
    std::string name;
    DType dtype = DType::float32; // int32 for indices
    Shape empty = {0};            // its shape where a detector found nothing
};

BlobFacts factsOf(const Network& network, const Detectors& detectors, int blob);

// Hands out an extracted Mat: its own memory where that has no padding, a compact copy otherwise, and where
// `keep` is null. `keep` is held together with the Mat (the allocator it came from). Throws
// TWINFER_MODEL_UNSUPPORTED for elements that are not of 32 bits.
OutputTensor toOutput(ncnn::Mat mat, std::shared_ptr<const void> keep, const Destination* destination,
                      const BlobFacts& blob);

// One output of several runs, with the runs as the outermost axis. Throws TWINFER_SHAPE_MISMATCH where they
// gave different shapes.
OutputTensor stack(const std::vector<ncnn::Mat>& items, const Destination* destination,
                   const BlobFacts& blob);

} // namespace twinfer
