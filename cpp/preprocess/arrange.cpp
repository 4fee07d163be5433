#include "arrange.h"

#include <algorithm>
#include <cmath>

namespace twinfer::preprocess {

namespace {

template <typename Value> Value valueOf(double pixel, const Channel& channel) {
    const double value = (pixel * channel.scale - channel.mean) / channel.std;
    if constexpr (std::is_same_v<Value, uint8_t>) {
        return Value(std::clamp(std::nearbyint(value), 0.0, 255.0));
    } else {
        return Value(value);
    }
}

// A byte has 256 values, each computed once.
template <typename Value> class Converter {
  public:
    explicit Converter(const Channel& channel) : channel_(channel), table_(256) {
        for (int pixel = 0; pixel < 256; pixel++) table_[size_t(pixel)] = valueOf<Value>(pixel, channel);
    }

    Value operator()(uint8_t pixel) const { return table_[pixel]; }
    Value operator()(float pixel) const { return valueOf<Value>(double(pixel), channel_); }

  private:
    const Channel& channel_;
    std::vector<Value> table_;
};

} // namespace

template <typename Pixel, typename Value>
void arrange(const View<Pixel>& pixels, const Canvas& canvas, const std::vector<Channel>& channels,
             Value* out) {
    const size_t count = channels.size(), plane = size_t(canvas.width) * size_t(canvas.height);
    const size_t step = canvas.isInterleaved ? count : 1;
    const int left = std::clamp(canvas.left, 0, canvas.width);
    const int right = std::clamp(canvas.left + pixels.width, left, canvas.width);
    for (size_t c = 0; c < count; c++) {
        const Converter<Value> convert(channels[c]);
        const Value pad = valueOf<Value>(channels[c].pad, channels[c]);
        Value* to = out + (canvas.isInterleaved ? c : c * plane);
        for (int y = 0; y < canvas.height; y++) {
            const int row = y - canvas.top;
            const bool isCovered = row >= 0 && row < pixels.height;
            const int begin = isCovered ? left : canvas.width, end = isCovered ? right : canvas.width;
            for (int x = 0; x < begin; x++, to += step) *to = pad;
            if (begin < end) {
                const Pixel* from = pixels.row(row) + ptrdiff_t(begin - canvas.left) * pixels.channels;
                from += channels[c].source;
                for (int x = begin; x < end; x++, to += step, from += pixels.channels) *to = convert(*from);
            }
            for (int x = end; x < canvas.width; x++, to += step) *to = pad;
        }
    }
}

template void arrange(const View<uint8_t>&, const Canvas&, const std::vector<Channel>&, float*);
template void arrange(const View<uint8_t>&, const Canvas&, const std::vector<Channel>&, uint8_t*);
template void arrange(const View<float>&, const Canvas&, const std::vector<Channel>&, float*);
template void arrange(const View<float>&, const Canvas&, const std::vector<Channel>&, uint8_t*);

} // namespace twinfer::preprocess
