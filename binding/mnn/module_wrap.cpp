#include "module_wrap.h"

#include <algorithm>

#include "../addon.h"
#include "../arguments.h"
#include "../guard.h"
#include "../host_tensor.h"
#include "../runner_values.h"
#include "mnn/checked_input.h"
#include "schedule_values.h"

namespace twinfer {

namespace {

std::vector<std::string> namesOf(const Napi::Array& array) {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < array.Length(); i++) names.push_back(array.Get(i).ToString().Utf8Value());
    return names;
}

void expectNames(const std::vector<std::string>& names, const std::vector<std::string>& known,
                 const char* code) {
    for (const std::string& name : names) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw Error(code, "expected the name of a tensor of the model, received '" + name + "'");
        }
    }
}

} // namespace

Napi::Function ModuleWrap::define(Napi::Env env, Napi::FunctionReference& constructor) {
    const Napi::Function defined = DefineClass(env, "Module",
                                               {
                                                   StaticMethod<&ModuleWrap::load>("load"),
                                                   InstanceMethod<&ModuleWrap::getInfo>("info"),
                                                   InstanceMethod<&ModuleWrap::forward>("forward"),
                                                   InstanceMethod<&ModuleWrap::clone>("clone"),
                                                   InstanceMethod<&ModuleWrap::release>("release"),
                                               });
    constructor = Napi::Persistent(defined);
    return defined;
}

Napi::Object ModuleWrap::wrap(Napi::Env env, std::unique_ptr<mnn::ExpressModule> module) {
    const Napi::Object object = Addon::of(env).mnnModule.New({});
    Unwrap(object)->module_ = std::move(module);
    return object;
}

mnn::ExpressModule& ModuleWrap::module() const {
    if (!module_) throw Error("TWINFER_DISPOSED", "this module was released");
    return *module_;
}

Napi::Value ModuleWrap::load(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Module.load");
        const mnn::VerifiedModel model = mnn::verifyModel(arguments.file(0, "model"));
        const std::vector<std::string> inputs = namesOf(arguments.array(1, "inputs"));
        const std::vector<std::string> outputs = namesOf(arguments.array(2, "outputs"));
        expectNames(inputs, model.facts.tensorNames, "TWINFER_UNKNOWN_INPUT");
        expectNames(outputs, model.facts.tensorNames, "TWINFER_UNKNOWN_OUTPUT");
        return wrap(info.Env(), std::make_unique<mnn::ExpressModule>(model, sessionRequestOf(info[3]).config,
                                                                     inputs, outputs));
    });
}

Napi::Value ModuleWrap::getInfo(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const MNN::Express::Module::Info& facts = module().info();
        Napi::Object object = Napi::Object::New(env);
        object["inputs"] = toArray(env, module().inputs());
        Napi::Array outputs = Napi::Array::New(env, facts.outputNames.size());
        for (uint32_t i = 0; i < facts.outputNames.size(); i++)
            outputs[i] = Napi::String::New(env, facts.outputNames[i]);
        object["outputNames"] = outputs;
        object["version"] = Napi::String::New(env, facts.version);
        object["bizCode"] = Napi::String::New(env, facts.bizCode);
        object["uuid"] = Napi::String::New(env, facts.uuid);
        Napi::Object metadata = Napi::Object::New(env);
        for (const auto& [key, value] : facts.metaData) metadata[key] = Napi::String::New(env, value);
        object["metaData"] = metadata;
        object["backend"] = Napi::Number::New(env, module().backendType());
        object["threadNumber"] = Napi::Number::New(env, module().threads());
        return object;
    });
}

Napi::Value ModuleWrap::forward(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const Arguments arguments(info, "Module.forward");
        const Napi::Array data = arguments.array(0, "data");
        const Napi::Array shapes = arguments.array(1, "shapes");
        const std::vector<TensorSpec>& specs = module().inputs();
        if (data.Length() != specs.size() || shapes.Length() != specs.size()) {
            throw Error("TWINFER_MISSING_INPUT", "Module.forward: expected " + std::to_string(specs.size()) +
                                                     " inputs, received " + std::to_string(data.Length()));
        }
        std::vector<InputView> inputs;
        for (uint32_t i = 0; i < data.Length(); i++) {
            const TypedArrayView view = viewOf(data.Get(i), "data");
            inputs.push_back({view.data, view.bytes, view.dtype, shapeOf(shapes.Get(i), "shape")});
            mnn::checkInput(specs[i], inputs.back());
        }
        std::vector<int> wanted(module().outputNames().size());
        for (size_t i = 0; i < wanted.size(); i++) wanted[i] = static_cast<int>(i);
        std::vector<OutputTensor> outputs = module().forward(inputs, wanted, {});
        Napi::Array array = Napi::Array::New(env, outputs.size());
        for (uint32_t i = 0; i < outputs.size(); i++) array[i] = toObject(env, std::move(outputs[i]));
        return array;
    });
}

Napi::Value ModuleWrap::clone(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return wrap(info.Env(), module().clone()); });
}

Napi::Value ModuleWrap::release(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        module_.reset();
        return info.Env().Undefined();
    });
}

} // namespace twinfer
