#pragma once

#include <map>
#include <string>
#include <vector>

#include "../tensor/shape.h"
#include "param_file.h"
#include "shape/blob_shape.h"

namespace twinfer {

// The shape of every blob, by blob index, given those of the inputs by name (NumPy's order, without
// a batch). Unknown (dims 0) where an input is missing or open, a layer has no rule, or the shape
// depends on data. Throws where ncnn would read outside its memory or give up: see checkShapes.
std::vector<BlobShape> inferShapes(const ParamFile& file, const std::map<std::string, Shape>& inputs);

// Throws TWINFER_SHAPE_MISMATCH where a layer would get an input that does not fit its weights or
// its other inputs, and TWINFER_MODEL_INVALID where its parameters cannot be right for any. What is
// unknown is let through. The graph must have passed checkGraph.
void checkShapes(const ParamFile& file, const std::map<std::string, Shape>& inputs);

} // namespace twinfer
