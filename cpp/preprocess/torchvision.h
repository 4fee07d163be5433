#pragma once

#include "image.h"

namespace twinfer::preprocess {

enum class TorchFilter { nearest, nearestExact, bilinear, bicubic };

// torchvision's Resize of tensors: torch.nn.functional.interpolate with align_corners=False. With `smooths`,
// filters are stretched where the image shrinks (antialias=True).

// Of float tensors, in float32.
Image<float> resizeTorchvisionFloats(const PixelView& source, const Target& target, TorchFilter filter,
                                     bool smooths);

// Of uint8 tensors, as transforms.v2 does it: 16-bit weights, each pass rounded to 8 bits
// (aten/src/ATen/native/cpu/UpSampleKernel.cpp). The first transforms computed floats and rounded once.
Image<uint8_t> resizeTorchvisionBytes(const PixelView& source, const Target& target, TorchFilter filter,
                                      bool smooths);

} // namespace twinfer::preprocess
