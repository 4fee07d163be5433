#include "pieces.h"

#include <cstring>

#include "arguments.h"
#include "error.h"
#include "format/ncnn/cut_network.h"
#include "guard.h"
#include "mnn/model_piece.h"

namespace twinfer {

namespace {

using Runs = std::vector<std::pair<int64_t, int64_t>>;

Napi::Object toObject(Napi::Env env, const std::string& model, const Runs& weights) {
    Napi::ArrayBuffer memory = Napi::ArrayBuffer::New(env, model.size());
    std::memcpy(memory.Data(), model.data(), model.size());
    Napi::Array runs = Napi::Array::New(env, weights.size());
    for (uint32_t i = 0; i < weights.size(); i++) {
        Napi::Array run = Napi::Array::New(env, 2);
        run[0u] = Napi::Number::New(env, static_cast<double>(weights[i].first));
        run[1u] = Napi::Number::New(env, static_cast<double>(weights[i].second));
        runs[i] = run;
    }
    Napi::Object piece = Napi::Object::New(env);
    piece["model"] = Napi::Uint8Array::New(env, model.size(), memory, 0);
    piece["weights"] = runs;
    return piece;
}

std::vector<Napi::Object> objectsOf(const Napi::Array& array, const std::string& what) {
    std::vector<Napi::Object> objects;
    for (uint32_t i = 0; i < array.Length(); i++) {
        const Napi::Value item = array[i];
        if (!item.IsObject()) {
            throw Error("TWINFER_INVALID_ARGUMENT", what + ": expected objects, received " + describe(item));
        }
        objects.push_back(item.As<Napi::Object>());
    }
    return objects;
}

std::string nameOf(const Napi::Object& object) {
    return object.Get("name").ToString().Utf8Value();
}

mnn::GivenTensor givenOf(const Napi::Object& object) {
    mnn::GivenTensor given;
    given.name = nameOf(object);
    given.shape = shapeOf(object.Get("shape"), "shape of '" + given.name + "'");
    given.dtype = dtypeNamed(object.Get("dtype").ToString().Utf8Value()).value_or(DType::float64);
    const std::string format = object.Get("format").ToString().Utf8Value();
    given.format = format == "NHWC" ? Layout::NHWC : format == "NC4HW4" ? Layout::NC4HW4 : Layout::NCHW;
    const Napi::Value data = object.Get("data");
    if (data.IsUndefined()) return given;
    const TypedArrayView view = viewOf(data, "data of '" + given.name + "'");
    if (view.bytes != static_cast<size_t>(elementsOf(given.shape)) * bytesOf(given.dtype)) {
        throw Error("TWINFER_LENGTH_MISMATCH", "data of '" + given.name + "': expected " +
                                                   toString(given.shape) + ", received " +
                                                   std::to_string(view.bytes) + " bytes");
    }
    given.constant = true;
    given.data = view.data;
    return given;
}

} // namespace

Napi::Value cutNcnn(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "ncnn.cut");
        const TypedArrayView param = arguments.typedArray(0, "param");
        // Copied: the reader of words could detach it.
        const std::string content(static_cast<const char*>(param.data), param.bytes);
        std::vector<EnteringBlob> entering;
        for (const Napi::Object& blob : objectsOf(arguments.array(2, "entering"), "entering"))
            entering.push_back({nameOf(blob), shapeOf(blob.Get("shape"), "shape of '" + nameOf(blob) + "'")});
        const WeightSource weights{arguments.bytes(3, "weightsSize"), arguments.words(4, "word")};
        const NetworkPiece piece = cutNetwork(content, arguments.shape(1, "layers"), entering, weights);
        return toObject(info.Env(), piece.param, piece.weights);
    });
}

Napi::Value cutMnn(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "mnn.cut");
        std::vector<mnn::GivenTensor> given;
        for (const Napi::Object& tensor : objectsOf(arguments.array(2, "given"), "given"))
            given.push_back(givenOf(tensor));
        std::vector<std::string> outputs;
        const Napi::Array names = arguments.array(3, "outputs");
        for (uint32_t i = 0; i < names.Length(); i++) outputs.push_back(names.Get(i).ToString().Utf8Value());
        const mnn::ModelPiece piece =
            mnn::cutModel(arguments.file(0, "model"), arguments.shape(1, "operators"), given, outputs);
        return toObject(info.Env(), piece.model, piece.weights);
    });
}

Napi::Value mnnSizingTensors(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "mnn.sizingTensors");
        const std::vector<std::string> names =
            mnn::sizingTensors(arguments.file(0, "model"), arguments.shape(1, "operators"));
        Napi::Array array = Napi::Array::New(info.Env(), names.size());
        for (uint32_t i = 0; i < names.size(); i++) array[i] = Napi::String::New(info.Env(), names[i]);
        return array;
    });
}

} // namespace twinfer
