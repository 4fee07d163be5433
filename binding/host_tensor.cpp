#include "host_tensor.h"

#include "arguments.h"
#include "error.h"
#include "external_array.h"

namespace twinfer {

Napi::Object toObject(Napi::Env env, OutputTensor output) {
    Napi::Object object = Napi::Object::New(env);
    object["shape"] = toArray(env, output.shape);
    object["dtype"] = Napi::String::New(env, nameOf(output.dtype));
    object["layout"] = Napi::String::New(env, nameOf(output.layout));
    bool zeroCopy = false;
    object["data"] = toTypedArray(env, std::move(output), zeroCopy);
    return object;
}

Napi::Array toArray(Napi::Env env, std::vector<OutputTensor> outputs) {
    Napi::Array array = Napi::Array::New(env, outputs.size());
    for (uint32_t i = 0; i < outputs.size(); i++) array[i] = toObject(env, std::move(outputs[i]));
    return array;
}

InputView inputViewOf(Napi::Value value, const std::string& what) {
    if (!value.IsObject()) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    what + ": expected an object with data and shape, received " + describe(value));
    }
    const Napi::Object object = value.As<Napi::Object>();
    const TypedArrayView view = viewOf(object.Get("data"), what + ".data");
    return {view.data, view.bytes, view.dtype, shapeOf(object.Get("shape"), what + ".shape")};
}

std::vector<InputView> inputViewsOf(Napi::Value value, const std::string& what) {
    if (!value.IsArray()) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    what + ": expected an array of tensors, received " + describe(value));
    }
    const Napi::Array array = value.As<Napi::Array>();
    std::vector<InputView> views;
    for (uint32_t i = 0; i < array.Length(); i++) {
        views.push_back(inputViewOf(array[i], what + "[" + std::to_string(i) + "]"));
    }
    return views;
}

} // namespace twinfer
