#pragma once

#include "image.h"

namespace twinfer::preprocess {

enum class OpenCvFilter { nearest, linear, cubic, area, lanczos4 };

// OpenCV's cv::resize of 8-bit pixels (modules/imgproc/src/resize.cpp of 4.x, without IPP): no smoothing
// where it shrinks, but for `area`; weights of 11 bits.
Image<uint8_t> resizeOpenCv(const PixelView& source, const Target& target, OpenCvFilter filter);

// The part of it that averages what each output pixel covers; for sizes that do not grow.
Image<uint8_t> averageOpenCv(const PixelView& source, const Target& target);

} // namespace twinfer::preprocess
