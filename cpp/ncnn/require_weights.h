#pragma once

#include "../format/ncnn/param_file.h"
#include "../runner/runner.h"

namespace twinfer {

// Throws TWINFER_MODEL_TRUNCATED or TWINFER_MODEL_INVALID when the .bin cannot hold the weights that the
// param asks for, with the bytes that are missing. Reads only the tags, and allocates nothing.
void requireWeights(const ParamFile& param, const ModelFile& file);

} // namespace twinfer
