#pragma once

#include <vector>

#include "image.h"

namespace twinfer::preprocess {

// The pixels at these columns and rows of the source.
Image<uint8_t> pick(const PixelView& source, const std::vector<int>& columns, const std::vector<int>& rows);

} // namespace twinfer::preprocess
