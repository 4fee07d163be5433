#pragma once

#include "image.h"

namespace twinfer::preprocess {

// The upright picture of one that a camera stored with EXIF's orientation: 1 as it is, 2 mirrored, 3 turned
// by 180 degrees, 4 flipped upside down, 5 transposed, 6 to be turned clockwise, 7 transposed along the other
// diagonal, 8 to be turned counter-clockwise. Width and height change places from 5 on.
Image<uint8_t> orient(const PixelView& source, int orientation);

} // namespace twinfer::preprocess
