#pragma once

#include "preprocess/image.h"

namespace twinfer {

// What ncnn::Mat::from_pixels_resize does to pixels of 1, 3 or 4 channels, by ncnn's own functions.
preprocess::Image<uint8_t> resizeNcnn(const preprocess::PixelView& source, int width, int height);

} // namespace twinfer
