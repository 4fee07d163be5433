#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace twinfer::preprocess {

// Interleaved pixels of somebody else's; `stride` is how many elements a row is from the next.
template <typename T> struct View {
    const T* data;
    int width;
    int height;
    int channels;
    size_t stride;

    const T* row(int y) const { return data + size_t(y) * stride; }
};

using PixelView = View<uint8_t>;

// Interleaved pixels, row after row without gaps.
template <typename T> struct Image {
    Image(int width, int height, int channels)
        : width(width), height(height), channels(channels),
          data(size_t(width) * size_t(height) * size_t(channels)) {}

    size_t stride() const { return size_t(width) * size_t(channels); }
    T* row(int y) { return data.data() + size_t(y) * stride(); }
    const T* row(int y) const { return data.data() + size_t(y) * stride(); }

    int width;
    int height;
    int channels;
    std::vector<T> data;
};

template <typename T> View<T> viewOf(const Image<T>& image) {
    return {image.data.data(), image.width, image.height, image.channels, image.stride()};
}

// A part of an image, in pixels.
struct Window {
    int left;
    int top;
    int width;
    int height;
};

// What an image becomes, and the part of that which is wanted: the rest is not computed.
struct Target {
    int width;
    int height;
    Window window;
};

} // namespace twinfer::preprocess
