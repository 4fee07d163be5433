#pragma once

#include <vector>

#include "param_file.h"

namespace twinfer {

// By blob, whether it holds indices: an Embed reads int32 where every other layer reads floats, and layers
// that only move elements pass them on (a Split, where a network looks two tables up with the same ids).
std::vector<bool> indexBlobs(const ParamFile& param);

} // namespace twinfer
