#include "pixel_values.h"

#include <algorithm>
#include <cmath>

#include "error.h"

namespace twinfer {

using preprocess::Image;

int countIn(const Napi::Object& object, const char* name) {
    const Napi::Value value = object.Get(name);
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
    if (number >= 0 && number <= 2147483647.0 && number == std::floor(number)) return int(number);
    throw Error("TWINFER_INVALID_ARGUMENT",
                std::string(name) + ": expected a whole number of 0 or more, received " + describe(value));
}

double numberIn(const Napi::Object& object, const char* name) {
    const Napi::Value value = object.Get(name);
    if (value.IsNumber()) return value.As<Napi::Number>().DoubleValue();
    throw Error("TWINFER_INVALID_ARGUMENT",
                std::string(name) + ": expected a number, received " + describe(value));
}

namespace {

int sizeIn(const Napi::Object& object, const char* name) {
    if (const int size = countIn(object, name)) return size;
    throw Error("TWINFER_INVALID_ARGUMENT", std::string(name) + ": expected 1 or more, received 0");
}

template <typename Array, typename Pixel> Napi::Value toArrayOf(Napi::Env env, const Image<Pixel>& image) {
    Array array = Array::New(env, image.data.size());
    std::copy(image.data.begin(), image.data.end(), array.Data());
    return array;
}

} // namespace

template <typename T> preprocess::View<T> pixelsOf(const Arguments& arguments, size_t index) {
    const TypedArrayView array = arguments.typedArray(index, "pixels");
    const Napi::Object object = arguments.object(index + 1, "image");
    const size_t offset = size_t(countIn(object, "offset")), stride = size_t(countIn(object, "stride"));
    const int width = sizeIn(object, "width"), height = sizeIn(object, "height");
    const int channels = sizeIn(object, "channels");
    const uint64_t row = uint64_t(width) * uint64_t(channels);
    const uint64_t needed = offset + uint64_t(height - 1) * stride + row;
    const DType wanted = std::is_same_v<T, float> ? DType::float32 : DType::uint8;
    if (array.dtype != wanted || channels > 4 || row > stride || needed > array.length) {
        throw Error("TWINFER_LENGTH_MISMATCH",
                    "pixels: expected " + std::to_string(needed) + " elements or more of " + nameOf(wanted) +
                        ", of 1 to 4 channels, received " + std::to_string(array.length) + " of " +
                        nameOf(array.dtype));
    }
    return {static_cast<const T*>(array.data) + offset, width, height, channels, stride};
}

template preprocess::View<uint8_t> pixelsOf(const Arguments&, size_t);
template preprocess::View<float> pixelsOf(const Arguments&, size_t);

preprocess::Target targetOf(const Napi::Object& object) {
    const preprocess::Target target{sizeIn(object, "width"),
                                    sizeIn(object, "height"),
                                    {countIn(object, "left"), countIn(object, "top"),
                                     sizeIn(object, "wantedWidth"), sizeIn(object, "wantedHeight")}};
    const preprocess::Window& window = target.window;
    if (window.width > target.width - window.left || window.height > target.height - window.top) {
        throw Error("TWINFER_INVALID_ARGUMENT", "target: expected a part of " + std::to_string(target.width) +
                                                    " x " + std::to_string(target.height) + " pixels");
    }
    return target;
}

Napi::Value toUint8Array(Napi::Env env, const Image<uint8_t>& image) {
    return toArrayOf<Napi::Uint8Array>(env, image);
}

Napi::Value toFloat32Array(Napi::Env env, const Image<float>& image) {
    return toArrayOf<Napi::Float32Array>(env, image);
}

} // namespace twinfer
