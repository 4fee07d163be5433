#include "comparison_values.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "../arguments.h"
#include "error.h"

namespace twinfer {

namespace {

metrics::Values valuesOf(const Arguments& arguments, size_t index, const char* name) {
    const TypedArrayView view = arguments.typedArray(index, name);
    const std::string wanted = arguments.string(index + 1, name);
    const std::optional<DType> dtype = dtypeNamed(wanted);
    if (!dtype || carrierOf(*dtype) != view.dtype) {
        throw Error("TWINFER_DTYPE_MISMATCH", std::string(name) + ": expected an array that carries '" +
                                                  wanted + "', received one of " + nameOf(view.dtype));
    }
    return {view.data, *dtype, view.length};
}

// A number that is absent, or undefined.
std::optional<double> numberIn(const Napi::Object& object, const char* name) {
    const Napi::Value value = object.Get(name);
    if (!value.IsNumber()) return std::nullopt;
    return value.As<Napi::Number>().DoubleValue();
}

size_t countIn(const Napi::Object& object, const char* name, size_t fallback) {
    const std::optional<double> number = numberIn(object, name);
    if (!number) return fallback;
    const double most = std::min(9007199254740991.0, double(SIZE_MAX)); // a size_t may have 32 bits
    if (*number >= 0 && *number <= most && *number == std::floor(*number)) return size_t(*number);
    throw Error("TWINFER_INVALID_ARGUMENT", std::string(name) +
                                                ": expected a whole number of 0 or more, received " +
                                                std::to_string(*number));
}

std::optional<metrics::ClassAxis> classesOf(Napi::Value value, size_t length) {
    if (!value.IsObject()) return std::nullopt;
    const Napi::Object object = value.As<Napi::Object>();
    const metrics::ClassAxis axis{countIn(object, "outer", 0), countIn(object, "classes", 0),
                                  countIn(object, "inner", 0)};
    size_t elements = 0;
    const bool overflows = __builtin_mul_overflow(axis.outer, axis.classes, &elements) ||
                           __builtin_mul_overflow(elements, axis.inner, &elements);
    if (overflows || elements != length || length == 0) {
        throw Error("TWINFER_SHAPE_MISMATCH", "classes: expected outer * classes * inner to be the " +
                                                  std::to_string(length) + " elements");
    }
    return axis;
}

std::vector<size_t> partSizesOf(Napi::Value value, size_t length) {
    std::vector<size_t> sizes;
    if (!value.IsArray()) return sizes;
    size_t elements = 1;
    bool overflows = false;
    for (const int size : shapeOf(value, "parts")) {
        overflows = overflows || size < 0 || __builtin_mul_overflow(elements, size_t(size), &elements);
        sizes.push_back(size_t(size));
    }
    if (overflows || elements != length) {
        throw Error("TWINFER_SHAPE_MISMATCH",
                    "parts: expected sizes whose product is the " + std::to_string(length) + " elements");
    }
    return sizes;
}

Napi::Value indexOf(Napi::Env env, size_t index) {
    return Napi::Number::New(env, index == metrics::kNowhere ? -1.0 : double(index));
}

template <typename Sums, size_t count>
void writeFields(Napi::Object object, const metrics::Field<Sums> (&fields)[count], const Sums& sums) {
    for (const auto& field : fields) object[field.name] = Napi::Number::New(object.Env(), sums.*field.value);
}

Napi::Object toObject(Napi::Env env, const metrics::Sums& sums) {
    Napi::Object object = Napi::Object::New(env);
    object["finite"] = Napi::Number::New(env, double(sums.finite));
    writeFields<metrics::PairSums>(object, metrics::kPairFields, sums);
    object["maxAbsIndex"] = indexOf(env, sums.maxAbsIndex);
    object["nan"] = Napi::Number::New(env, double(sums.nan));
    object["inf"] = Napi::Number::New(env, double(sums.inf));
    object["referenceNan"] = Napi::Number::New(env, double(sums.referenceNan));
    object["referenceInf"] = Napi::Number::New(env, double(sums.referenceInf));
    object["nonFiniteIndex"] = indexOf(env, sums.nonFiniteIndex);
    return object;
}

Napi::Object toObject(Napi::Env env, const metrics::Grid& grid) {
    Napi::Object object = Napi::Object::New(env);
    object["judged"] = Napi::Number::New(env, double(grid.judged));
    object["fp16"] = Napi::Number::New(env, double(grid.fp16));
    object["bf16"] = Napi::Number::New(env, double(grid.bf16));
    return object;
}

Napi::Object toObject(Napi::Env env, const metrics::WorstElement& worst) {
    Napi::Object object = Napi::Object::New(env);
    object["index"] = Napi::Number::New(env, double(worst.index));
    object["reference"] = Napi::Number::New(env, worst.reference);
    object["value"] = Napi::Number::New(env, worst.candidate);
    return object;
}

Napi::Object toObject(Napi::Env env, const metrics::Argmax& argmax) {
    Napi::Object object = Napi::Object::New(env);
    object["argmaxCount"] = Napi::Number::New(env, double(argmax.count));
    object["argmaxFlips"] = Napi::Number::New(env, double(argmax.flips));
    object["explainedFlips"] = Napi::Number::New(env, double(argmax.explainedFlips));
    return object;
}

} // namespace

metrics::ComparisonRequest comparisonRequestOf(const Napi::CallbackInfo& info) {
    const Arguments arguments(info, "measure");
    metrics::ComparisonRequest request;
    request.reference = valuesOf(arguments, 0, "reference");
    request.candidate = valuesOf(arguments, 2, "candidate");
    if (request.reference.length != request.candidate.length) {
        throw Error("TWINFER_LENGTH_MISMATCH", "expected two arrays of one length, received " +
                                                   std::to_string(request.reference.length) + " and " +
                                                   std::to_string(request.candidate.length) + " elements");
    }
    const Napi::Object object = arguments.object(4, "request");
    request.options.threads = countIn(object, "threads", 0);
    request.options.onlySums = object.Get("onlySums").ToBoolean().Value();
    request.classes = classesOf(object.Get("classes"), request.reference.length);
    request.explainedBy = numberIn(object, "explainedBy");
    request.explainedRms = numberIn(object, "explainedRms").value_or(0);
    request.partSizes = partSizesOf(object.Get("parts"), request.reference.length);
    return request;
}

Napi::Object toObject(Napi::Env env, const metrics::Comparison& comparison) {
    const metrics::Measurement& measurement = comparison.measurement;
    Napi::Object object = Napi::Object::New(env);
    object["sums"] = toObject(env, measurement.sums);
    Napi::Object relative = Napi::Object::New(env);
    writeFields(relative, metrics::kRelativeFields, measurement.relative);
    object["relative"] = relative;
    Napi::Array ulp = Napi::Array::New(env, measurement.ulp.size());
    for (uint32_t bin = 0; bin < measurement.ulp.size(); bin++)
        ulp[bin] = Napi::Number::New(env, double(measurement.ulp[bin]));
    object["ulp"] = ulp;
    object["referenceGrid"] = toObject(env, measurement.referenceGrid);
    object["candidateGrid"] = toObject(env, measurement.candidateGrid);
    object["worst"] = comparison.worst ? toObject(env, *comparison.worst) : env.Null();
    object["argmax"] = comparison.argmax ? toObject(env, *comparison.argmax) : env.Null();
    Napi::Array parts = Napi::Array::New(env, comparison.parts.size());
    for (uint32_t axis = 0; axis < comparison.parts.size(); axis++) {
        const metrics::AxisSums& sums = comparison.parts[axis];
        Napi::Float64Array array = Napi::Float64Array::New(env, sums.size());
        std::copy(sums.begin(), sums.end(), array.Data());
        parts[axis] = array;
    }
    object["parts"] = parts;
    return object;
}

} // namespace twinfer
