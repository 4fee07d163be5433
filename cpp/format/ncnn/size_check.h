#pragma once

#include "param_file.h"

namespace twinfer {

// Sizes of one layer that are wrong whatever the input: negative or absurd ones, which ncnn passes
// to its allocator or multiplies in int, and weight_data_size that does not fit the other numbers.
void checkSizes(const ParamFile& file, const ParamLayer& layer, Findings& findings);

} // namespace twinfer
