#include <cmath>

#include "arguments.h"
#include "error.h"

namespace twinfer {

namespace {

[[noreturn]] void refuse(const std::string& what, const char* expected, Napi::Value received) {
    throw Error("TWINFER_INVALID_ARGUMENT",
                what + ": expected " + expected + ", received " + describe(received));
}

DType dtypeOf(napi_typedarray_type type) {
    switch (type) {
    case napi_int8_array: return DType::int8;
    case napi_uint8_array:
    case napi_uint8_clamped_array: return DType::uint8;
    case napi_int16_array: return DType::int16;
    case napi_uint16_array: return DType::uint16;
    case napi_int32_array: return DType::int32;
    case napi_uint32_array: return DType::uint32;
    case napi_float32_array: return DType::float32;
    case napi_float64_array: return DType::float64;
    case napi_bigint64_array: return DType::int64;
    case napi_biguint64_array: return DType::uint64;
    default: throw Error("TWINFER_DTYPE_MISMATCH", "a typed array of a kind this build does not know");
    }
}

} // namespace

TypedArrayView viewOf(Napi::Value value, const std::string& what) {
    if (!value.IsTypedArray()) refuse(what, "a typed array", value);
    napi_typedarray_type type;
    size_t length;
    void* data;
    // One call instead of node-addon-api's five accessors: this is the hot path of every run.
    if (napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr) != napi_ok) {
        refuse(what, "a typed array", value);
    }
    const DType dtype = dtypeOf(type);
    return {data, length, length * bytesOf(dtype), dtype};
}

Shape shapeOf(Napi::Value value, const std::string& what) {
    if (!value.IsArray()) refuse(what, "an array of dimensions", value);
    const Napi::Array array = value.As<Napi::Array>();
    Shape shape(array.Length());
    for (uint32_t i = 0; i < shape.size(); i++) {
        const Napi::Value dimension = array[i];
        const double number = dimension.IsNumber() ? dimension.As<Napi::Number>().DoubleValue() : NAN;
        if (!(number >= 0 && number <= 2147483647.0) || number != std::floor(number)) {
            refuse(what + "[" + std::to_string(i) + "]", "a whole number of 0 or more", dimension);
        }
        shape[i] = static_cast<int>(number);
    }
    return shape;
}

ModelFile fileOf(Napi::Value value, const std::string& what) {
    if (value.IsString()) return {value.As<Napi::String>().Utf8Value(), nullptr};
    if (!value.IsTypedArray()) refuse(what, "a path or a Uint8Array", value);
    const TypedArrayView view = viewOf(value, what);
    if (view.dtype != DType::uint8) refuse(what, "a path or a Uint8Array", value);
    return {"", std::make_shared<std::string>(static_cast<const char*>(view.data), view.bytes)};
}

Options optionsOf(Napi::Value value, const std::string& what) {
    Options options;
    if (value.IsUndefined() || value.IsNull()) return options;
    if (!value.IsObject()) refuse(what, "an object", value);
    const Napi::Object object = value.As<Napi::Object>();
    const Napi::Array names = object.GetPropertyNames();
    for (uint32_t i = 0; i < names.Length(); i++) {
        const std::string name = names.Get(i).ToString().Utf8Value();
        const Napi::Value option = object.Get(name);
        if (option.IsUndefined()) continue;
        if (option.IsBoolean()) {
            options.emplace_back(name, option.As<Napi::Boolean>().Value());
        } else if (option.IsNumber()) {
            options.emplace_back(name, option.As<Napi::Number>().DoubleValue());
        } else if (option.IsString()) {
            options.emplace_back(name, option.As<Napi::String>().Utf8Value());
        } else {
            refuse(what + "." + name, "true, false, a number or a string", option);
        }
    }
    return options;
}

std::string describe(Napi::Value value) {
    switch (value.Type()) {
    case napi_undefined: return "undefined";
    case napi_null: return "null";
    case napi_boolean: return value.As<Napi::Boolean>().Value() ? "true" : "false";
    case napi_number: return value.ToString().Utf8Value();
    case napi_string: return "'" + value.As<Napi::String>().Utf8Value() + "'";
    case napi_function: return "a function";
    case napi_symbol: return "a symbol";
    case napi_bigint: return "a bigint";
    default: break;
    }
    if (value.IsArray()) return "an array";
    if (value.IsTypedArray()) return std::string("a typed array of ") + nameOf(viewOf(value, "").dtype);
    return "an object";
}

Napi::Array toArray(Napi::Env env, const Shape& shape) {
    Napi::Array array = Napi::Array::New(env, shape.size());
    for (size_t i = 0; i < shape.size(); i++) array[uint32_t(i)] = Napi::Number::New(env, shape[i]);
    return array;
}

Napi::Object toObject(Napi::Env env, const Options& options) {
    Napi::Object object = Napi::Object::New(env);
    for (const auto& [name, value] : options) {
        if (const bool* on = std::get_if<bool>(&value)) object[name] = Napi::Boolean::New(env, *on);
        if (const double* number = std::get_if<double>(&value))
            object[name] = Napi::Number::New(env, *number);
        if (const auto* text = std::get_if<std::string>(&value)) object[name] = Napi::String::New(env, *text);
    }
    return object;
}

} // namespace twinfer
