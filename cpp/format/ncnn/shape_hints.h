#pragma once

#include <vector>

#include "../../tensor/shape.h"
#include "param_file.h"

namespace twinfer {

// The shape that an Input layer notes in 0=w 1=h 11=d 2=c, where 0 is open; empty where it notes none. It is
// a note of the converter, which ncnn never reads.
Shape inputShapeOf(const ParamLayer& layer);

// What a layer notes for each of its outputs, empty where it notes nothing: in 30= (dims w h [d] c for each),
// an Input also as above.
std::vector<Shape> shapeHints(const ParamLayer& layer);

} // namespace twinfer
