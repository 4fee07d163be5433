#include "register_preprocess.h"

#include <algorithm>

#include "../guard.h"
#include "arrange_values.h"
#include "audio_values.h"
#include "pixel_values.h"
#include "preprocess/grey.h"
#include "preprocess/orient.h"
#include "resize_values.h"

namespace twinfer {

namespace {

preprocess::GreyRule greyRuleNamed(const std::string& name) {
    using preprocess::GreyRule;
    if (name == "pillow") return GreyRule::pillow;
    if (name == "opencv") return GreyRule::opencv;
    if (name == "torchvision") return GreyRule::torchvision;
    if (name == "ncnn") return GreyRule::ncnn;
    if (name == "mnn") return GreyRule::mnn;
    throw Error("TWINFER_INVALID_ARGUMENT", "resampler: unknown '" + name + "'");
}

// orient(pixels, image, orientation): Uint8Array without gaps
Napi::Value orient(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "orient");
        const preprocess::PixelView pixels = pixelsOf<uint8_t>(arguments, 0);
        const int orientation = arguments.integer(2, "orientation", 1, 8);
        return toUint8Array(info.Env(), preprocess::orient(pixels, orientation));
    });
}

// grey(pixels, image, isBgr, resampler): Uint8Array of one channel
Napi::Value grey(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "grey");
        const preprocess::PixelView pixels = pixelsOf<uint8_t>(arguments, 0);
        const bool isBgr = arguments.boolean(2, "isBgr");
        const preprocess::GreyRule rule = greyRuleNamed(arguments.string(3, "resampler"));
        if (pixels.channels < 3) {
            preprocess::Image<uint8_t> first(pixels.width, pixels.height, 1);
            for (int y = 0; y < pixels.height; y++) {
                const uint8_t* const row = pixels.row(y);
                for (int x = 0; x < pixels.width; x++) first.row(y)[x] = row[x * pixels.channels];
            }
            return toUint8Array(info.Env(), first);
        }
        return toUint8Array(info.Env(), preprocess::toGrey(pixels, isBgr, rule));
    });
}

} // namespace

Napi::Object createPreprocess(Napi::Env env) {
    Napi::Object object = Napi::Object::New(env);
    object["orient"] = Napi::Function::New<orient>(env, "orient");
    object["grey"] = Napi::Function::New<grey>(env, "grey");
    object["resize"] = Napi::Function::New<resize>(env, "resize");
    object["arrange"] = Napi::Function::New<arrange>(env, "arrange");
    object["readWav"] = Napi::Function::New<readWav>(env, "readWav");
    object["logMel"] = Napi::Function::New<logMel>(env, "logMel");
    return object;
}

} // namespace twinfer
