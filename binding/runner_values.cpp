#include "runner_values.h"

#include "addon.h"
#include "arguments.h"
#include "external_array.h"

namespace twinfer {

Napi::Array toArray(Napi::Env env, const std::vector<TensorSpec>& specs) {
    Napi::Array array = Napi::Array::New(env, specs.size());
    for (uint32_t i = 0; i < specs.size(); i++) {
        Napi::Object spec = Napi::Object::New(env);
        spec["name"] = Napi::String::New(env, specs[i].name);
        spec["shape"] = specs[i].shapeKnown ? Napi::Value(toArray(env, specs[i].shape)) : env.Undefined();
        spec["dtype"] = Napi::String::New(env, nameOf(specs[i].dtype));
        spec["layout"] = Napi::String::New(env, nameOf(specs[i].layout));
        array[i] = spec;
    }
    return array;
}

namespace {

Napi::Object toObject(Napi::Env env, const RunLimits& limits) {
    const auto orNull = [&](double limit) {
        return limit > 0 ? Napi::Value(Napi::Number::New(env, limit)) : env.Null();
    };
    Napi::Object object = Napi::Object::New(env);
    object["ms"] = orNull(limits.ms);
    object["memory"] = orNull(limits.memory);
    object["elements"] = orNull(limits.elements);
    return object;
}

} // namespace

Napi::Object toObject(Napi::Env env, const Effective& effective) {
    Napi::Object object = Napi::Object::New(env);
    object["engine"] = Napi::String::New(env, effective.engine);
    object["engineVersion"] = Napi::String::New(env, effective.engineVersion);
    object["modelVersion"] = Napi::String::New(env, effective.modelVersion);
    object["path"] = Napi::String::New(env, effective.path);
    object["backend"] = Napi::String::New(env, effective.backend);
    object["device"] = Napi::String::New(env, effective.device);
    object["requestedPrecision"] = Napi::String::New(env, effective.requestedPrecision);
    object["precision"] = Napi::String::New(env, effective.precision);
    object["threads"] = Napi::Number::New(env, effective.threads);
    Napi::Array kernels = Napi::Array::New(env, effective.kernels.size());
    for (uint32_t i = 0; i < effective.kernels.size(); i++)
        kernels[i] = Napi::String::New(env, effective.kernels[i]);
    object["kernels"] = kernels;
    object["threadsReason"] = Napi::String::New(env, effective.threadsReason);
    object["lanes"] = Napi::Number::New(env, effective.lanes);
    object["limits"] = toObject(env, effective.limits);
    Napi::Array notes = Napi::Array::New(env, effective.notes.size());
    for (uint32_t i = 0; i < effective.notes.size(); i++)
        notes[i] = Napi::String::New(env, effective.notes[i]);
    object["notes"] = notes;
    object["options"] = toObject(env, effective.options);
    return object;
}

namespace {

constexpr uint32_t kFixed = 5;   // entries before the data
constexpr size_t kMostBits = 50; // of a double's 53

double maskOf(const std::vector<bool>& copied) {
    uint64_t mask = 0;
    for (size_t i = 0; i < copied.size() && i < kMostBits; i++) mask |= uint64_t(!copied[i]) << i;
    return double(mask);
}

} // namespace

Napi::Array ResultValues::toArray(Napi::Env env, RunResult result, const Destinations& destinations,
                                  const std::vector<LogLine>& log) {
    const size_t count = result.outputs.size();
    Napi::Array array = Napi::Array::New(env, kFixed + count);
    describe(env, result.outputs);
    array[0u] = shapes_.Value();
    array[4u] = types_.Value();
    if (!log.empty()) array[3u] = twinfer::toArray(env, log);
    std::vector<bool> copied(count);
    for (uint32_t i = 0; i < count; i++) {
        OutputTensor& output = result.outputs[i];
        bool zeroCopy = !output.copied;
        const Napi::Value into = destinations.IsEmpty() ? Napi::Value() : destinations.Get(i);
        const bool given = !into.IsEmpty() && into.IsTypedArray();
        array[kFixed + i] = given ? into : toTypedArray(env, std::move(output), zeroCopy);
        copied[i] = !zeroCopy;
    }
    array[1u] = Napi::Number::New(env, maskOf(copied));
    array[2u] = Napi::Number::New(env, maskOf(result.inputCopied));
    return array;
}

void ResultValues::describe(Napi::Env env, const std::vector<OutputTensor>& outputs) {
    bool same = !types_.IsEmpty() && forms_.size() == outputs.size();
    for (size_t i = 0; same && i < outputs.size(); i++) {
        const OutputTensor& output = outputs[i];
        same = forms_[i] == Form{output.shape, output.dtype, output.layout};
    }
    if (same) return;
    forms_.clear();
    types_.Reset();
    Napi::Array shapes = Napi::Array::New(env, outputs.size());
    Napi::Array types = Napi::Array::New(env, outputs.size());
    for (uint32_t i = 0; i < outputs.size(); i++) {
        Napi::Object type = Napi::Object::New(env);
        type["dtype"] = Napi::String::New(env, nameOf(outputs[i].dtype));
        type["layout"] = Napi::String::New(env, nameOf(outputs[i].layout));
        shapes[i] = twinfer::toArray(env, outputs[i].shape);
        types[i] = type;
        forms_.push_back({outputs[i].shape, outputs[i].dtype, outputs[i].layout});
    }
    shapes_ = Napi::Persistent(shapes.As<Napi::Object>());
    types_ = Napi::Persistent(types.As<Napi::Object>());
}

} // namespace twinfer
