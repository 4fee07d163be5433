// cpp/preprocess against itself: the sets of loops give the same bytes, a part is what the whole has there,
// and no pixel outside of the picture is read (the pixels lie at the very end of their memory, for
// AddressSanitizer). What Pillow, OpenCV and torchvision give is in test/preprocess.
#include <algorithm>
#include <cmath>
#include <random>

#include "check.h"
#include "preprocess/arrange.h"
#include "preprocess/convolve.h"
#include "preprocess/grey.h"
#include "preprocess/opencv.h"
#include "preprocess/orient.h"
#include "preprocess/pillow.h"
#include "preprocess/torchvision.h"

using namespace twinfer::preprocess;

namespace {

std::mt19937 random_(7);

int below(int limit) {
    return int(random_() % unsigned(limit));
}

// Pixels with `gap` bytes between rows, and none behind the last one.
struct Picture {
    Picture(int width, int height, int channels, int gap)
        : bytes(size_t(height - 1) * size_t(width * channels + gap) + size_t(width * channels)),
          view{nullptr, width, height, channels, size_t(width * channels + gap)} {
        const bool isExtreme = below(2) == 0;
        for (uint8_t& byte : bytes) byte = uint8_t(isExtreme ? below(2) * 255 : below(256));
        view.data = bytes.data();
    }

    std::vector<uint8_t> bytes;
    PixelView view;
};

Picture anyPicture() {
    return Picture(1 + below(90), 1 + below(60), 1 + below(4), below(3) * 5);
}

Target anyTarget() {
    const int width = 1 + below(70), height = 1 + below(70);
    const int left = below(width), top = below(height);
    return {width, height, {left, top, 1 + below(width - left), 1 + below(height - top)}};
}

Target whole(const Target& target) {
    return {target.width, target.height, {0, 0, target.width, target.height}};
}

template <typename T> bool isPartOf(const Image<T>& part, const Image<T>& all, const Window& window) {
    for (int y = 0; y < window.height; y++) {
        const T* expected = all.row(window.top + y) + window.left * all.channels;
        if (!std::equal(part.row(y), part.row(y) + part.stride(), expected)) return false;
    }
    return part.width == window.width && part.height == window.height;
}

Taps<int32_t> anyTaps(int in, int out) {
    const Taps<double> exact = stretchedTaps<double>(in, out, 0, out, below(2) ? kLanczos3 : kTriangle);
    Taps<int32_t> taps;
    taps.size = exact.size;
    taps.first = exact.first;
    taps.count = exact.count;
    for (const double weight : exact.weights) {
        taps.weights.push_back(int32_t(std::lround(weight * (1 << kWeightBits))));
    }
    return taps;
}

void allKernelsAgree() {
    const std::vector<const Kernels*> kernels = usableKernels();
    for (int round = 0; round < 400; round++) {
        const Picture picture = anyPicture();
        const PixelView& source = picture.view;
        const Taps<int32_t> along = anyTaps(source.width, 1 + below(80));
        const Taps<int32_t> down = anyTaps(source.height, 1);
        std::vector<std::vector<uint8_t>> results;
        for (const Kernels* kernel : kernels) {
            Image<uint8_t> out(along.outputs(), source.height, source.channels);
            kernel->alongRows(source, along, out);
            std::vector<uint8_t> row(size_t(source.width) * size_t(source.channels));
            kernel->ofRows(source.row(down.first[0]), source.stride, down.at(0), down.count[0], row.size(),
                           row.data());
            out.data.insert(out.data.end(), row.begin(), row.end());
            results.push_back(out.data);
        }
        for (const auto& result : results) CHECK(result == results[0]);
    }
}

void partsAreWhatTheWholeHas() {
    for (int round = 0; round < 300; round++) {
        const Picture picture = anyPicture();
        const Target target = anyTarget();
        for (const PillowFilter filter :
             {PillowFilter::nearest, PillowFilter::box, PillowFilter::bilinear, PillowFilter::hamming,
              PillowFilter::bicubic, PillowFilter::lanczos}) {
            CHECK(isPartOf(resizePillow(picture.view, target, filter),
                           resizePillow(picture.view, whole(target), filter), target.window));
        }
        for (const OpenCvFilter filter : {OpenCvFilter::nearest, OpenCvFilter::linear, OpenCvFilter::cubic,
                                          OpenCvFilter::area, OpenCvFilter::lanczos4}) {
            CHECK(isPartOf(resizeOpenCv(picture.view, target, filter),
                           resizeOpenCv(picture.view, whole(target), filter), target.window));
        }
        for (const TorchFilter filter :
             {TorchFilter::nearest, TorchFilter::nearestExact, TorchFilter::bilinear, TorchFilter::bicubic}) {
            for (const bool smooths : {false, true}) {
                CHECK(isPartOf(resizeTorchvisionFloats(picture.view, target, filter, smooths),
                               resizeTorchvisionFloats(picture.view, whole(target), filter, smooths),
                               target.window));
                CHECK(isPartOf(resizeTorchvisionBytes(picture.view, target, filter, smooths),
                               resizeTorchvisionBytes(picture.view, whole(target), filter, smooths),
                               target.window));
            }
        }
    }
}

void onePlainColourStaysIt() {
    Image<uint8_t> plain(37, 21, 3);
    std::fill(plain.data.begin(), plain.data.end(), uint8_t(203));
    const auto isPlain = [](const Image<uint8_t>& image) {
        return std::all_of(image.data.begin(), image.data.end(), [](uint8_t byte) { return byte == 203; });
    };
    for (int round = 0; round < 50; round++) {
        const Target target = anyTarget();
        CHECK(isPlain(resizePillow(viewOf(plain), target, PillowFilter::lanczos)));
        CHECK(isPlain(resizeOpenCv(viewOf(plain), target, OpenCvFilter::area)));
        CHECK(isPlain(resizeOpenCv(viewOf(plain), target, OpenCvFilter::linear)));
    }
}

// The corner of the stored picture, and where it has to come to lie.
void picturesAreTurnedUpright() {
    Image<uint8_t> stored(3, 2, 1);
    for (size_t i = 0; i < stored.data.size(); i++) stored.data[i] = uint8_t(i);
    const std::vector<std::vector<uint8_t>> upright = {
        {0, 1, 2, 3, 4, 5}, {2, 1, 0, 5, 4, 3}, {5, 4, 3, 2, 1, 0}, {3, 4, 5, 0, 1, 2},
        {0, 3, 1, 4, 2, 5}, {3, 0, 4, 1, 5, 2}, {5, 2, 4, 1, 3, 0}, {2, 5, 1, 4, 0, 3},
    };
    for (int orientation = 1; orientation <= 8; orientation++) {
        const Image<uint8_t> turned = orient(viewOf(stored), orientation);
        CHECK(turned.data == upright[size_t(orientation - 1)]);
        CHECK(turned.width == (orientation < 5 ? 3 : 2));
    }
    const Picture large(150, 131, 3, 7);
    CHECK(orient(viewOf(orient(large.view, 6)), 8).data == orient(large.view, 1).data);
}

void pixelsAreArrangedAndPadded() {
    const uint8_t bytes[] = {10, 20, 30, 40, 50, 60};
    const PixelView pixels{bytes, 2, 1, 3, 6};
    const std::vector<Channel> channels = {{2, 0.5, 1, 2, 100}, {0, 1, 0, 1, 7}};
    float planes[2 * 3 * 2];
    arrange(pixels, {3, 2, 1, 1, false}, channels, planes);
    const float expected[] = {24.5f, 24.5f, 24.5f, 24.5f, 7, 14.5f, 7, 7, 7, 7, 10, 40};
    CHECK(std::equal(expected, expected + 12, planes));
    float interleaved[2 * 1 * 2]; // the first pixel hangs over
    arrange(pixels, {2, 1, -1, 0, true}, channels, interleaved);
    const float cut[] = {14.5f, 40, 24.5f, 7};
    CHECK(std::equal(cut, cut + 4, interleaved));
}

void coloursBecomeGrey() {
    const uint8_t bytes[] = {200, 100, 50, 200, 100, 50};
    const PixelView pixels{bytes, 2, 1, 3, 6};
    CHECK(toGrey(pixels, false, GreyRule::pillow).data[0] == 124);
    CHECK(toGrey(pixels, true, GreyRule::opencv).data[0] == 96);
    CHECK(toGrey(pixels, false, GreyRule::torchvision).data[1] == 124);
    CHECK(toGrey(pixels, false, GreyRule::ncnn).data[1] == 124);
    CHECK(toGrey(pixels, false, GreyRule::mnn).data[1] == 124);
}

} // namespace

int main() {
    allKernelsAgree();
    partsAreWhatTheWholeHas();
    onePlainColourStaysIt();
    picturesAreTurnedUpright();
    pixelsAreArrangedAndPadded();
    coloursBecomeGrey();
    return failures();
}
