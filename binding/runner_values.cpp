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
    Napi::Array notes = Napi::Array::New(env, effective.notes.size());
    for (uint32_t i = 0; i < effective.notes.size(); i++) notes[i] = Napi::String::New(env, effective.notes[i]);
    object["notes"] = notes;
    object["options"] = toObject(env, effective.options);
    return object;
}

Napi::Object toObject(Napi::Env env, RunResult result, const Destinations& destinations,
                      const std::vector<LogLine>& log) {
    Napi::Array outputs = Napi::Array::New(env, result.outputs.size());
    for (uint32_t i = 0; i < result.outputs.size(); i++) {
        OutputTensor& output = result.outputs[i];
        Napi::Array made = Napi::Array::New(env, 3);
        const Shape shape = output.shape;
        const Napi::Value into = destinations.IsEmpty() ? Napi::Value() : destinations.Get(i);
        bool zeroCopy = !output.copied;
        if (!into.IsEmpty() && into.IsTypedArray()) {
            made[0u] = into;
        } else {
            made[0u] = toTypedArray(env, std::move(output), zeroCopy);
        }
        made[1u] = toArray(env, shape);
        made[2u] = Napi::Boolean::New(env, zeroCopy);
        outputs[i] = made;
    }
    Napi::Array inputs = Napi::Array::New(env, result.inputCopied.size());
    for (uint32_t i = 0; i < result.inputCopied.size(); i++) {
        inputs[i] = Napi::Boolean::New(env, !result.inputCopied[i]);
    }
    Napi::Object object = Napi::Object::New(env);
    object["outputs"] = outputs;
    object["inputZeroCopy"] = inputs;
    object["log"] = toArray(env, log);
    return object;
}

} // namespace twinfer
