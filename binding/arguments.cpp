#include "arguments.h"

#include <cmath>

#include "error.h"

namespace twinfer {

bool Arguments::given(size_t index) const {
    return index < info_.Length() && !at(index).IsUndefined() && !at(index).IsNull();
}

void Arguments::refuse(const char* expected, const char* name, Napi::Value received) const {
    throw Error("TWINFER_INVALID_ARGUMENT", std::string(function_) + ": expected " + expected + " for " +
                                                name + ", received " + describe(received));
}

std::string Arguments::string(size_t index, const char* name) const {
    if (!at(index).IsString()) refuse("a string", name, at(index));
    return at(index).As<Napi::String>().Utf8Value();
}

bool Arguments::boolean(size_t index, const char* name) const {
    if (!at(index).IsBoolean()) refuse("true or false", name, at(index));
    return at(index).As<Napi::Boolean>().Value();
}

double Arguments::number(size_t index, const char* name) const {
    if (!at(index).IsNumber()) refuse("a number", name, at(index));
    return at(index).As<Napi::Number>().DoubleValue();
}

int Arguments::integer(size_t index, const char* name, int least, int most) const {
    const double value = at(index).IsNumber() ? number(index, name) : NAN;
    if (!(value >= least && value <= most) || value != std::floor(value)) {
        const std::string range =
            "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
        refuse(range.c_str(), name, at(index));
    }
    return static_cast<int>(value);
}

int64_t Arguments::bytes(size_t index, const char* name) const {
    const double size = number(index, name);
    if (!(size >= 0 && size <= 9007199254740991.0)) refuse("a number of bytes", name, at(index));
    return static_cast<int64_t>(size);
}

Napi::Function Arguments::function(size_t index, const char* name) const {
    if (!at(index).IsFunction()) refuse("a function", name, at(index));
    return at(index).As<Napi::Function>();
}

ReadWord Arguments::words(size_t index, const char* name) const {
    const Napi::Function read = function(index, name);
    return [read](int64_t offset) -> std::optional<uint32_t> {
        const Napi::Value word = read.Call({Napi::Number::New(read.Env(), static_cast<double>(offset))});
        if (!word.IsNumber()) return std::nullopt;
        return word.As<Napi::Number>().Uint32Value();
    };
}

Napi::Object Arguments::object(size_t index, const char* name) const {
    if (!at(index).IsObject()) refuse("an object", name, at(index));
    return at(index).As<Napi::Object>();
}

Napi::Array Arguments::array(size_t index, const char* name) const {
    if (!at(index).IsArray()) refuse("an array", name, at(index));
    return at(index).As<Napi::Array>();
}

Shape Arguments::shape(size_t index, const char* name) const {
    return shapeOf(at(index), std::string(function_) + ": " + name);
}

TypedArrayView Arguments::typedArray(size_t index, const char* name) const {
    return viewOf(at(index), std::string(function_) + ": " + name);
}

ModelFile Arguments::file(size_t index, const char* name) const {
    return fileOf(at(index), std::string(function_) + ": " + name);
}

} // namespace twinfer
