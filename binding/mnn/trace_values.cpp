#include "trace_values.h"

#include "../arguments.h"
#include "../external_array.h"
#include "error.h"

namespace twinfer {

mnn::TraceRequest traceRequestOf(Napi::Value value) {
    mnn::TraceRequest request;
    if (!value.IsObject()) return request;
    const Napi::Object object = value.As<Napi::Object>();
    request.values = object.Get("values").ToBoolean().Value();
    const Napi::Value stop = object.Get("stopAfter");
    if (stop.IsString()) request.stopAfter = stop.As<Napi::String>().Utf8Value();
    const Napi::Value names = object.Get("names");
    if (names.IsUndefined()) return request;
    if (!names.IsArray()) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    "names: expected an array of names, received " + describe(names));
    }
    for (uint32_t i = 0; i < names.As<Napi::Array>().Length(); i++) {
        request.names.push_back(names.As<Napi::Array>().Get(i).ToString().Utf8Value());
    }
    return request;
}

Napi::Object toObject(Napi::Env env, OutputTensor output) {
    Napi::Object object = Napi::Object::New(env);
    object["shape"] = toArray(env, output.shape);
    object["dtype"] = Napi::String::New(env, nameOf(output.dtype));
    object["layout"] = Napi::String::New(env, nameOf(output.layout));
    bool zeroCopy = false;
    object["data"] = toTypedArray(env, std::move(output), zeroCopy);
    return object;
}

Napi::Array toArray(Napi::Env env, std::vector<mnn::TracedOperator> operators) {
    Napi::Array array = Napi::Array::New(env, operators.size());
    for (uint32_t i = 0; i < operators.size(); i++) {
        Napi::Object object = Napi::Object::New(env);
        object["name"] = Napi::String::New(env, operators[i].name);
        object["type"] = Napi::String::New(env, operators[i].type);
        object["flops"] = Napi::Number::New(env, operators[i].flops);
        Napi::Array outputs = Napi::Array::New(env, operators[i].outputs.size());
        for (uint32_t j = 0; j < operators[i].outputs.size(); j++) {
            outputs[j] = toObject(env, std::move(operators[i].outputs[j]));
        }
        object["outputs"] = outputs;
        array[i] = object;
    }
    return array;
}

} // namespace twinfer
