#pragma once

#include "image.h"

namespace twinfer::preprocess {

enum class TorchFilter { nearest, nearestExact, bilinear, bicubic };

// torch.nn.functional.interpolate with align_corners=False, of floats; torchvision's Resize calls it for
// tensors and rounds what comes of bytes. With `smooths`, filters are stretched where the image shrinks
// (antialias=True).
Image<float> resizeTorchvision(const PixelView& source, const Target& target, TorchFilter filter,
                               bool smooths);

} // namespace twinfer::preprocess
