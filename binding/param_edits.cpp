#include "param_edits.h"

#include "arguments.h"
#include "format/ncnn/mask_layers.h"
#include "format/ncnn/mend_param.h"
#include "guard.h"

namespace twinfer {

Napi::Value maskNcnnLayers(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "ncnn.maskLayers");
        const Shape layers = arguments.shape(1, "layers");
        const MaskedParam masked =
            maskLayers(arguments.string(0, "param"), std::set<int>(layers.begin(), layers.end()),
                       arguments.integer(2, "bits", 0, 0xffff));
        const Napi::Env env = info.Env();
        Napi::Array bridges = Napi::Array::New(env, masked.bridges.size());
        for (uint32_t i = 0; i < masked.bridges.size(); i++) {
            Napi::Object bridge = Napi::Object::New(env);
            bridge["from"] = masked.bridges[i].from;
            bridge["to"] = masked.bridges[i].to;
            bridge["blob"] = masked.bridges[i].blob;
            bridge["layer"] = masked.bridges[i].layer;
            bridges[i] = bridge;
        }
        Napi::Object result = Napi::Object::New(env);
        result["text"] = masked.text;
        result["bridges"] = bridges;
        result["wide"] = toArray(env, masked.wide);
        return result;
    });
}

Napi::Value mendNcnnParam(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "ncnn.mendParam");
        const TypedArrayView param = arguments.typedArray(0, "param");
        const auto mended = mendParam({static_cast<const char*>(param.data), param.bytes});
        const Napi::Env env = info.Env();
        if (!mended) return env.Undefined();
        Napi::Object result = Napi::Object::New(env);
        // Bytes: names of layers need not be UTF-8.
        result["text"] = Napi::Buffer<char>::Copy(env, mended->text.data(), mended->text.size());
        result["hadByteOrderMark"] = mended->hadByteOrderMark;
        result["lackedMagic"] = mended->lackedMagic;
        result["counts"] = mended->counts;
        result["rightCounts"] = mended->rightCounts;
        return result;
    });
}

} // namespace twinfer
