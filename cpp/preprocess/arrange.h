#pragma once

#include <vector>

#include "image.h"

namespace twinfer::preprocess {

// What one channel of a model's input is made of.
struct Channel {
    int source; // the channel of the pixels
    double scale, mean, std;
    double pad; // in pixel units
};

// Where the pixels come to lie in the input; what hangs over is cut off, what is not covered is padded.
struct Canvas {
    int width;
    int height;
    int left;
    int top;
    bool isInterleaved; // NHWC
};

// Writes (pixel * scale - mean) / std, computed in double precision, of Pixel = uint8_t or float to Value =
// float or uint8_t. `out` holds width * height * channels.size() values.
template <typename Pixel, typename Value>
void arrange(const View<Pixel>& pixels, const Canvas& canvas, const std::vector<Channel>& channels,
             Value* out);

} // namespace twinfer::preprocess
