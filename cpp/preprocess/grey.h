#pragma once

#include "image.h"

namespace twinfer::preprocess {

// Whose fixed-point weights turn colours into grey: they differ by a level here and there.
enum class GreyRule { pillow, opencv, torchvision, ncnn, mnn };

// One channel of pixels with three or more, of which the first is red, or blue where `isBgr`.
Image<uint8_t> toGrey(const PixelView& source, bool isBgr, GreyRule rule);

} // namespace twinfer::preprocess
