#include "resize_pixels.h"

#include <ncnn/mat.h>

#include <algorithm>

#include "preprocess/pick.h"

namespace twinfer {

using preprocess::Image;
using preprocess::pickCorner;
using preprocess::PixelView;

namespace {

using Resize = void (*)(const unsigned char*, int, int, int, unsigned char*, int, int, int);

Resize resizeOf(int channels) {
    switch (channels) {
    case 1: return ncnn::resize_bilinear_c1;
    case 3: return ncnn::resize_bilinear_c3;
    default: return ncnn::resize_bilinear_c4;
    }
}

} // namespace

Image<uint8_t> resizeNcnn(const PixelView& source, int width, int height) {
    if (source.width == width && source.height == height) return pickCorner(source, width, height);
    // ncnn reads a neighbour that a single row or column does not have; the same pixel twice gives the same
    // result.
    if (source.width == 1 || source.height == 1) {
        const Image<uint8_t> doubled =
            pickCorner(source, std::max(source.width, 2), std::max(source.height, 2));
        return resizeNcnn(viewOf(doubled), width, height);
    }
    Image<uint8_t> out(width, height, source.channels);
    resizeOf(source.channels)(source.data, source.width, source.height, int(source.stride), out.data.data(),
                              width, height, int(out.stride()));
    return out;
}

} // namespace twinfer
