#include "trace_values.h"

#include "../arguments.h"
#include "../host_tensor.h"
#include "error.h"

namespace twinfer {

namespace {

Napi::Array arrayOf(const Napi::Object& object, const char* name) {
    const Napi::Value value = object.Get(name);
    if (value.IsUndefined()) return Napi::Array::New(object.Env());
    if (value.IsArray()) return value.As<Napi::Array>();
    throw Error("TWINFER_INVALID_ARGUMENT",
                std::string(name) + ": expected an array, received " + describe(value));
}

size_t countOf(const Napi::Object& object, const char* name, size_t fallback) {
    const Napi::Value value = object.Get(name);
    const double count = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
    return count >= 0 ? size_t(count) : fallback;
}

mnn::Replacement replacementOf(Napi::Value value) {
    const InputView view = inputViewOf(value, "a replacement");
    const Napi::Object object = value.As<Napi::Object>();
    return {countOf(object, "command", 0), countOf(object, "output", 0), view};
}

} // namespace

mnn::TraceRequest traceRequestOf(Napi::Value value) {
    mnn::TraceRequest request;
    if (!value.IsObject()) return request;
    const Napi::Object object = value.As<Napi::Object>();
    request.values = object.Get("values").ToBoolean().Value();
    request.dry = object.Get("dry").ToBoolean().Value();
    request.first = countOf(object, "first", request.first);
    request.end = countOf(object, "end", request.end);
    const Napi::Value stop = object.Get("stopAfter");
    if (stop.IsString()) request.stopAfter = stop.As<Napi::String>().Utf8Value();
    const Napi::Array names = arrayOf(object, "names");
    for (uint32_t i = 0; i < names.Length(); i++) {
        request.names.push_back(names.Get(i).ToString().Utf8Value());
    }
    const Napi::Array replacements = arrayOf(object, "replacements");
    for (uint32_t i = 0; i < replacements.Length(); i++) {
        request.replacements.push_back(replacementOf(replacements[i]));
    }
    return request;
}

Napi::Array toArray(Napi::Env env, std::vector<mnn::TracedOperator> operators) {
    Napi::Array array = Napi::Array::New(env, operators.size());
    for (uint32_t i = 0; i < operators.size(); i++) {
        Napi::Object object = Napi::Object::New(env);
        object["name"] = Napi::String::New(env, operators[i].name);
        object["type"] = Napi::String::New(env, operators[i].type);
        object["flops"] = Napi::Number::New(env, operators[i].flops);
        object["ms"] = Napi::Number::New(env, operators[i].ms);
        Napi::Array shapes = Napi::Array::New(env, operators[i].shapes.size());
        for (uint32_t j = 0; j < shapes.Length(); j++) shapes[j] = toArray(env, operators[i].shapes[j]);
        object["shapes"] = shapes;
        object["outputs"] = toArray(env, std::move(operators[i].outputs));
        array[i] = object;
    }
    return array;
}

} // namespace twinfer
