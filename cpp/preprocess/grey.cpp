#include "grey.h"

namespace twinfer::preprocess {

namespace {

// (red * r + green * g + blue * b + rounding) >> shift
struct Fixed {
    int red, green, blue, rounding, shift;
};

Fixed weightsOf(GreyRule rule) {
    switch (rule) {
    case GreyRule::opencv: return {9798, 19235, 3735, 1 << 14, 15};
    case GreyRule::ncnn: return {77, 150, 29, 0, 8};
    case GreyRule::mnn: return {19, 38, 7, 0, 6};
    case GreyRule::torchvision: // computes in floats, see below
    case GreyRule::pillow: break;
    }
    return {19595, 38470, 7471, 1 << 15, 16};
}

} // namespace

Image<uint8_t> toGrey(const PixelView& source, bool isBgr, GreyRule rule) {
    Image<uint8_t> grey(source.width, source.height, 1);
    const Fixed weights = weightsOf(rule);
    const int red = isBgr ? 2 : 0, blue = 2 - red;
    for (int y = 0; y < source.height; y++) {
        const uint8_t* from = source.row(y);
        uint8_t* to = grey.row(y);
        for (int x = 0; x < source.width; x++, from += source.channels) {
            if (rule == GreyRule::torchvision) {
                const float sum =
                    float(from[red]) * 0.2989f + float(from[1]) * 0.587f + float(from[blue]) * 0.114f;
                to[x] = uint8_t(sum);
                continue;
            }
            const int sum = from[red] * weights.red + from[1] * weights.green + from[blue] * weights.blue;
            to[x] = uint8_t((sum + weights.rounding) >> weights.shift);
        }
    }
    return grey;
}

} // namespace twinfer::preprocess
