#pragma once

#include "param_file.h"

namespace twinfer {

// One layer by itself: a type that this ncnn has, the bottoms and tops that it indexes without looking, sizes
// that need no input to be wrong.
void checkLayer(const ParamFile& file, const ParamLayer& layer, Findings& findings);

} // namespace twinfer
