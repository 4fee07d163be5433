#pragma once

#include <ncnn/net.h>

#include "../format/ncnn/param_file.h"

namespace twinfer {

// Makes the layers of `param` whose Vulkan kernel computes something else than the CPU's run on the CPU, in
// a net that has no param yet. True when there are any. GELU is the one known: its shader always is the
// tanh approximation (gelu.comp), also where the layer asks for the exact function; on a small ViT that
// alone is the difference between 77 dB and 120 dB.
bool overrideApproximations(ncnn::Net& net, const ParamFile& param);

} // namespace twinfer
