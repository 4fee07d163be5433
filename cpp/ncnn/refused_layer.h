#pragma once

#include <string>

#include "../format/ncnn/param_file.h"

namespace twinfer {

// ncnn refused this file: throws TWINFER_MODEL_INVALID with the layer that it refuses when it loads by
// itself, and with what ncnn says about it. Returns when every layer passes alone.
void throwRefusedLayer(const ParamFile& file);

} // namespace twinfer
