#include "resize_values.h"

#include "../guard.h"
#include "mnn/process_pixels.h"
#include "ncnn/resize_pixels.h"
#include "pixel_values.h"
#include "preprocess/opencv.h"
#include "preprocess/pick.h"
#include "preprocess/pillow.h"
#include "preprocess/torchvision.h"

namespace twinfer {

using namespace preprocess;

namespace {

template <typename Value> struct Named {
    const char* name;
    Value value;
};

constexpr Named<PillowFilter> kPillow[] = {
    {"nearest", PillowFilter::nearest},   {"box", PillowFilter::box},
    {"bilinear", PillowFilter::bilinear}, {"hamming", PillowFilter::hamming},
    {"bicubic", PillowFilter::bicubic},   {"lanczos", PillowFilter::lanczos},
};
constexpr Named<OpenCvFilter> kOpenCv[] = {
    {"nearest", OpenCvFilter::nearest}, {"bilinear", OpenCvFilter::linear},  {"bicubic", OpenCvFilter::cubic},
    {"area", OpenCvFilter::area},       {"lanczos", OpenCvFilter::lanczos4},
};
constexpr Named<TorchFilter> kTorchvision[] = {
    {"nearest", TorchFilter::nearest},
    {"nearest-exact", TorchFilter::nearestExact},
    {"bilinear", TorchFilter::bilinear},
    {"bicubic", TorchFilter::bicubic},
};
constexpr Named<MnnFilter> kMnn[] = {
    {"nearest", MnnFilter::nearest},
    {"bilinear", MnnFilter::bilinear},
    {"bicubic", MnnFilter::bicubic},
};

template <typename Value, size_t count>
Value find(const Named<Value> (&names)[count], const std::string& resampler, const std::string& wanted) {
    for (const auto& [name, value] : names) {
        if (wanted == name) return value;
    }
    throw Error("TWINFER_INVALID_ARGUMENT", "interpolation: " + resampler + " has no '" + wanted + "'");
}

Image<uint8_t> cut(const Image<uint8_t>& whole, const Window& window) {
    if (window.width == whole.width && window.height == whole.height) return whole;
    PixelView part = viewOf(whole);
    part.data = part.row(window.top) + ptrdiff_t(window.left) * part.channels;
    return pickCorner(part, window.width, window.height);
}

Image<uint8_t> resizeToBytes(const PixelView& pixels, const Target& target, const std::string& resampler,
                             const std::string& interpolation) {
    if (resampler == "pillow") return resizePillow(pixels, target, find(kPillow, resampler, interpolation));
    if (resampler == "opencv") return resizeOpenCv(pixels, target, find(kOpenCv, resampler, interpolation));
    if (pixels.channels == 2) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    "channels: expected 1, 3 or 4 for " + resampler + ", received 2");
    }
    if (resampler == "ncnn") {
        if (interpolation == "bilinear")
            return cut(resizeNcnn(pixels, target.width, target.height), target.window);
        throw Error("TWINFER_INVALID_ARGUMENT", "interpolation: ncnn has no '" + interpolation + "'");
    }
    if (resampler == "mnn") {
        const MnnFilter filter = find(kMnn, resampler, interpolation);
        return cut(resizeMnn(pixels, target.width, target.height, filter), target.window);
    }
    throw Error("TWINFER_INVALID_ARGUMENT", "resampler: unknown '" + resampler + "'");
}

} // namespace

Napi::Value resize(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const Arguments arguments(info, "resize");
        const PixelView pixels = pixelsOf<uint8_t>(arguments, 0);
        const Target target = targetOf(arguments.object(2, "target"));
        const std::string resampler = arguments.string(3, "resampler");
        const std::string interpolation = arguments.string(4, "interpolation");
        if (resampler == "torchvision") {
            const TorchFilter filter = find(kTorchvision, resampler, interpolation);
            const bool smooths = arguments.boolean(5, "smooths");
            if (arguments.boolean(6, "rounded"))
                return toUint8Array(env, resizeTorchvisionBytes(pixels, target, filter, smooths));
            return toFloat32Array(env, resizeTorchvisionFloats(pixels, target, filter, smooths));
        }
        return toUint8Array(env, resizeToBytes(pixels, target, resampler, interpolation));
    });
}

} // namespace twinfer
