#pragma once

#include "param_file.h"

namespace twinfer {

// The longest chain of producers that is let through. ncnn's forward_layer calls itself once a
// layer: about 200 bytes of stack on the CPU, and up to 1 KB on Vulkan where copies of ncnn::Option
// lie in the frame. 4096 of them take 4 MB of our threads' 8 MB at worst and leave the rest to the
// last layer; the deepest networks in use have below 2000.
constexpr int kDeepest = 4096;

// What ncnn does not look at before it crashes or goes wrong: layers by themselves (layer_check.h),
// producers, order, names and depth. The errors are TWINFER_MODEL_INVALID, and TWINFER_MODEL_UNSUPPORTED for
// a layer type that this ncnn does not have and for a graph deeper than kDeepest.
void checkGraph(const ParamFile& file, Findings& findings);

// The same, throwing at the first error.
void checkGraph(const ParamFile& file);

} // namespace twinfer
