#include "pick.h"

#include <algorithm>

namespace twinfer::preprocess {

namespace {

std::vector<int> upTo(int count, int last) {
    std::vector<int> numbers;
    for (int i = 0; i < count; i++) numbers.push_back(std::min(i, last));
    return numbers;
}

} // namespace

Image<uint8_t> pick(const PixelView& source, const std::vector<int>& columns, const std::vector<int>& rows) {
    Image<uint8_t> out(int(columns.size()), int(rows.size()), source.channels);
    for (int y = 0; y < out.height; y++) {
        const uint8_t* const from = source.row(rows[size_t(y)]);
        uint8_t* to = out.row(y);
        for (const int column : columns) {
            const uint8_t* pixel = from + ptrdiff_t(column) * source.channels;
            for (int channel = 0; channel < source.channels; channel++) *to++ = pixel[channel];
        }
    }
    return out;
}

Image<uint8_t> pickCorner(const PixelView& source, int width, int height) {
    return pick(source, upTo(width, source.width - 1), upTo(height, source.height - 1));
}

} // namespace twinfer::preprocess
