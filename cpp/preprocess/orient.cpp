#include "orient.h"

#include <algorithm>

namespace twinfer::preprocess {

Image<uint8_t> orient(const PixelView& source, int orientation) {
    const bool isTransposed = orientation >= 5;
    const bool fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool fromBelow = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Image<uint8_t> upright(isTransposed ? source.height : source.width,
                           isTransposed ? source.width : source.height, source.channels);
    const ptrdiff_t pixel = source.channels;
    const ptrdiff_t acrossSource = fromRight ? -pixel : pixel;
    const ptrdiff_t downSource = fromBelow ? -ptrdiff_t(source.stride) : ptrdiff_t(source.stride);
    const uint8_t* const corner =
        source.row(fromBelow ? source.height - 1 : 0) + (fromRight ? source.width - 1 : 0) * pixel;
    const ptrdiff_t across = isTransposed ? downSource : acrossSource;
    const ptrdiff_t down = isTransposed ? acrossSource : downSource;
    // In squares: a turned picture is read down its columns, and each line of the cache holds several of
    // them.
    constexpr int kSquare = 64;
    for (int top = 0; top < upright.height; top += kSquare) {
        for (int left = 0; left < upright.width; left += kSquare) {
            const int right = std::min(left + kSquare, upright.width);
            for (int y = top; y < std::min(top + kSquare, upright.height); y++) {
                uint8_t* to = upright.row(y) + left * pixel;
                for (int x = left; x < right; x++, to += pixel) {
                    const uint8_t* from = corner + y * down + x * across;
                    for (int channel = 0; channel < pixel; channel++) to[channel] = from[channel];
                }
            }
        }
    }
    return upright;
}

} // namespace twinfer::preprocess
