#pragma once

#include "image.h"

namespace twinfer::preprocess {

enum class PillowFilter { nearest, box, bilinear, hamming, bicubic, lanczos };

// Pillow's Image.resize, bit by bit: filters that smooth where they shrink, along rows first, each pass
// rounded to 8 bits (src/libImaging/Resample.c of Pillow 10 to 13; nearest: Geometry.c).
Image<uint8_t> resizePillow(const PixelView& source, const Target& target, PillowFilter filter);

} // namespace twinfer::preprocess
