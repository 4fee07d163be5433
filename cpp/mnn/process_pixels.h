#pragma once

#include "preprocess/image.h"

namespace twinfer {

enum class MnnFilter { nearest, bilinear, bicubic };

// What MNN::CV::ImageProcess makes of pixels of 1, 3 or 4 channels, with the matrix of MNN's demos, which
// maps corner pixels onto corner pixels: (source - 1) / (target - 1).
preprocess::Image<uint8_t> resizeMnn(const preprocess::PixelView& source, int width, int height,
                                     MnnFilter filter);

} // namespace twinfer
