#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "../../error.h"
#include "param_file.h"
#include "shape/blob_shape.h"

namespace twinfer {

// What follows from the shapes of a network's inputs.
struct Inference {
    // By blob index, in ncnn's dimensions. Unknown (dims 0) where an input is missing or open, a layer has no
    // rule, the shape depends on data, or it is that of a layer that fails.
    std::vector<BlobShape> shapes;
    // Layers that ncnn would let read outside its memory or give up, by index: TWINFER_SHAPE_MISMATCH where a
    // layer gets what does not fit its weights or its other inputs, TWINFER_MODEL_INVALID where its
    // parameters cannot be right for any. What is unknown is let through.
    std::map<int, Error> failures;
    // Those of them that take another number of dimensions, and did not look at the sizes.
    std::set<int> ofRank;
    // Layers that ncnn runs, and that hardly mean what they compute: see ShapeContext::doubt.
    int doubts = 0;
};

// Given some blobs by index, of inputs or of any others; a layer whose tops are all given does not run.
// The graph must have passed checkGraph.
Inference inferShapes(const ParamFile& file, const std::map<int, BlobShape>& given);

// Throws TWINFER_MODEL_INVALID for a layer whose parameters are wrong for inputs of any rank and size, which
// is known before there is an input.
void checkParameters(const ParamFile& file);

} // namespace twinfer
