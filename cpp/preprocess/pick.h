#pragma once

#include <vector>

#include "image.h"

namespace twinfer::preprocess {

// The pixels at these columns and rows of the source.
Image<uint8_t> pick(const PixelView& source, const std::vector<int>& columns, const std::vector<int>& rows);

// The corner of the source, its last row and column repeated where it is smaller.
Image<uint8_t> pickCorner(const PixelView& source, int width, int height);

} // namespace twinfer::preprocess
