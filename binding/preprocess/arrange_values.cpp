#include "arrange_values.h"

#include "../guard.h"
#include "pixel_values.h"
#include "preprocess/arrange.h"

namespace twinfer {

using namespace preprocess;

namespace {

int wholeIn(const Napi::Object& object, const char* name) {
    return object.Get(name).ToNumber().Int32Value();
}

Canvas canvasOf(const Napi::Object& object) {
    return {countIn(object, "width"), countIn(object, "height"), wholeIn(object, "left"),
            wholeIn(object, "top"), object.Get("isInterleaved").ToBoolean().Value()};
}

std::vector<Channel> channelsOf(const Napi::Array& array, int available) {
    std::vector<Channel> channels;
    for (uint32_t i = 0; i < array.Length(); i++) {
        const Napi::Value value = array[i];
        if (!value.IsObject()) throw Error("TWINFER_INVALID_ARGUMENT", "channels: expected objects");
        const Napi::Object object = value.As<Napi::Object>();
        const int source = countIn(object, "source");
        if (source >= available) {
            throw Error("TWINFER_INVALID_ARGUMENT", "source: expected a channel below " +
                                                        std::to_string(available) + ", received " +
                                                        std::to_string(source));
        }
        channels.push_back({source, numberIn(object, "scale"), numberIn(object, "mean"),
                            numberIn(object, "std"), numberIn(object, "pad")});
    }
    return channels;
}

template <typename Array, typename Pixel>
Napi::Value arranged(Napi::Env env, const Arguments& arguments, const View<Pixel>& pixels) {
    const Canvas canvas = canvasOf(arguments.object(2, "canvas"));
    const std::vector<Channel> channels = channelsOf(arguments.array(3, "channels"), pixels.channels);
    const size_t count = size_t(canvas.width) * size_t(canvas.height) * channels.size();
    Array array = Array::New(env, count);
    preprocess::arrange(pixels, canvas, channels, array.Data());
    return array;
}

template <typename Pixel> Napi::Value arrangedOf(Napi::Env env, const Arguments& arguments) {
    const View<Pixel> pixels = pixelsOf<Pixel>(arguments, 0);
    if (arguments.string(4, "dtype") == "uint8")
        return arranged<Napi::Uint8Array, Pixel>(env, arguments, pixels);
    return arranged<Napi::Float32Array, Pixel>(env, arguments, pixels);
}

} // namespace

Napi::Value arrange(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "arrange");
        const bool areFloats = arguments.typedArray(0, "pixels").dtype == DType::float32;
        return areFloats ? arrangedOf<float>(info.Env(), arguments)
                         : arrangedOf<uint8_t>(info.Env(), arguments);
    });
}

} // namespace twinfer
