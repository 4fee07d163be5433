#include "register_format.h"

#include "../arguments.h"
#include "../guard.h"
#include "format/file_content.h"
#include "format/mnn/report.h"
#include "format/ncnn/report.h"
#include "mapped_file.h"

namespace twinfer {

namespace {

// ncnn(param: Uint8Array, weightsSize?: number, word?: (offset: number) => number | undefined, params?:
// boolean): string
Napi::Value ncnn(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "format.ncnn");
        const TypedArrayView param = arguments.typedArray(0, "param");
        // Copied: the reader of words could detach it.
        const std::string content(static_cast<const char*>(param.data), param.bytes);
        std::optional<WeightSource> weights;
        if (arguments.given(1)) {
            weights = {arguments.bytes(1, "weightsSize"), arguments.words(2, "word")};
        }
        const bool params = arguments.given(3) && arguments.boolean(3, "params");
        return Napi::String::New(info.Env(), reportNcnn(content, weights, params));
    });
}

// A flatbuffer's numbers stand at multiples of their size, as long as the file does.
std::string reportAligned(std::string_view content, uint64_t weightFileBytes) {
    if (reinterpret_cast<uintptr_t>(content.data()) % alignof(int64_t) == 0)
        return reportMnn(content, weightFileBytes);
    return reportMnn(std::string(content), weightFileBytes);
}

// mnn(model: string | Uint8Array, weightFileBytes?: number): string
Napi::Value mnn(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "format.mnn");
        const uint64_t beside = arguments.given(1) ? uint64_t(arguments.bytes(1, "weightFileBytes")) : 0;
        if (info[0].IsString()) {
            const MappedFile file(arguments.string(0, "model"));
            return Napi::String::New(info.Env(), reportAligned(file.content(), beside));
        }
        const TypedArrayView model = arguments.typedArray(0, "model");
        const std::string_view content(static_cast<const char*>(model.data), model.bytes);
        return Napi::String::New(info.Env(), reportAligned(content, beside));
    });
}

// content(start: Uint8Array): string
Napi::Value content(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const TypedArrayView start = Arguments(info, "format.content").typedArray(0, "start");
        return Napi::String::New(info.Env(),
                                 reportContent({static_cast<const char*>(start.data), start.bytes}));
    });
}

} // namespace

Napi::Object createFormat(Napi::Env env) {
    Napi::Object object = Napi::Object::New(env);
    object["ncnn"] = Napi::Function::New<ncnn>(env, "ncnn");
    object["content"] = Napi::Function::New<content>(env, "content");
    object["mnn"] = Napi::Function::New<mnn>(env, "mnn");
    return object;
}

} // namespace twinfer
