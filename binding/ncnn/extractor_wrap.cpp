#include "extractor_wrap.h"

#include "../addon.h"
#include "../arguments.h"
#include "../guard.h"
#include "../host_tensor.h"
#include "mat_wrap.h"
#include "ncnn/mat_output.h"

namespace twinfer {

void ExtractorWrap::define(Napi::Env env, Napi::FunctionReference& constructor) {
    constructor =
        Napi::Persistent(DefineClass(env, "Extractor",
                                     {
                                         InstanceMethod<&ExtractorWrap::input>("input"),
                                         InstanceMethod<&ExtractorWrap::extract>("extract"),
                                         InstanceMethod<&ExtractorWrap::read>("read"),
                                         InstanceMethod<&ExtractorWrap::setLightMode>("setLightMode"),
                                         InstanceMethod<&ExtractorWrap::clear>("clear"),
                                     }));
}

Napi::Object ExtractorWrap::wrap(Napi::Env env, std::shared_ptr<const Network> network) {
    auto extraction = std::make_unique<Extraction>(std::move(network));
    Napi::Object object = Addon::of(env).ncnnExtractor.New({});
    Unwrap(object)->extraction_ = std::move(extraction);
    return object;
}

Napi::Value ExtractorWrap::input(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        extraction().input(blob(info[0], true), MatWrap::of(info.Env(), info[1], "the input"));
        return info.Env().Undefined();
    });
}

Napi::Value ExtractorWrap::extract(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Extractor.extract");
        const bool raw = arguments.given(1) && arguments.boolean(1, "raw");
        return MatWrap::wrap(info.Env(), extraction().extract(blob(info[0], false), raw));
    });
}

Napi::Value ExtractorWrap::read(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        // Shares the blob's memory where it can: a layer that works in place sees the count and copies.
        const int wanted = blob(info[0], false);
        return toObject(info.Env(), toOutput(extraction().extract(wanted, false), nullptr, nullptr,
                                             extraction().facts(wanted)));
    });
}

Napi::Value ExtractorWrap::setLightMode(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        extraction().setLightMode(Arguments(info, "Extractor.setLightMode").boolean(0, "on"));
        return info.Env().Undefined();
    });
}

Napi::Value ExtractorWrap::clear(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        extraction().clear();
        return info.Env().Undefined();
    });
}

Extraction& ExtractorWrap::extraction() const {
    if (extraction_) return *extraction_;
    throw Error("TWINFER_INVALID_STATE", "expected an Extractor made by Net.createExtractor()");
}

int ExtractorWrap::blob(const Napi::Value& value, bool asInput) const {
    if (value.IsNumber()) return value.As<Napi::Number>().Int32Value();
    if (value.IsString()) return extraction().blobNamed(value.As<Napi::String>().Utf8Value(), asInput);
    throw Error("TWINFER_INVALID_ARGUMENT", "expected a blob's name or index, received " + describe(value));
}

} // namespace twinfer
