#include "net_wrap.h"

#include "../arguments.h"
#include "../guard.h"
#include "../host_tensor.h"
#include "../open_request.h"
#include "../runner_values.h"
#include "extractor_wrap.h"
#include "mat_wrap.h"
#include "ncnn/choose_threads.h"
#include "ncnn/configure.h"
#include "ncnn/input_dimensions.h"
#include "ncnn/input_spec.h"
#include "ncnn/isolated_layer.h"
#include "ncnn/layer_times.h"
#include "ncnn/option_table.h"

namespace twinfer {

namespace {
Napi::Array namesOf(Napi::Env env, const ParamFile& param, const std::vector<int>& blobs) {
    Napi::Array names = Napi::Array::New(env, blobs.size());
    for (uint32_t i = 0; i < blobs.size(); i++) names[i] = Napi::String::New(env, param.blobs[blobs[i]]);
    return names;
}
} // namespace

Napi::Function NetWrap::define(Napi::Env env) {
    return DefineClass(env, "Net",
                       {
                           InstanceMethod<&NetWrap::getOption>("getOption"),
                           InstanceMethod<&NetWrap::setOption>("setOption"),
                           InstanceMethod<&NetWrap::configure>("configure"),
                           InstanceMethod<&NetWrap::loadParam>("loadParam"),
                           InstanceMethod<&NetWrap::loadModel>("loadModel"),
                           InstanceMethod<&NetWrap::clear>("clear"),
                           InstanceAccessor<&NetWrap::layers>("layers"),
                           InstanceAccessor<&NetWrap::blobNames>("blobNames"),
                           InstanceAccessor<&NetWrap::inputIndexes>("inputIndexes"),
                           InstanceAccessor<&NetWrap::outputIndexes>("outputIndexes"),
                           InstanceAccessor<&NetWrap::inputs>("inputs"),
                           InstanceMethod<&NetWrap::readInputs>("readInputs"),
                           InstanceMethod<&NetWrap::createExtractor>("createExtractor"),
                           InstanceMethod<&NetWrap::runLayer>("runLayer"),
                           InstanceMethod<&NetWrap::timeLayers>("timeLayers"),
                       });
}

NetWrap::NetWrap(const Napi::CallbackInfo& info)
    : ObjectWrap(info), network_(std::make_shared<Network>(NetOption())) {}

void NetWrap::startAfresh() {
    network_ = network_->afresh();
}

Napi::Value NetWrap::getOption(const Napi::CallbackInfo& info) {
    return guard(info.Env(),
                 [&]() -> Napi::Value { return toObject(info.Env(), readOptions(network_->option())); });
}

Napi::Value NetWrap::setOption(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        NetOption option = network_->option();
        for (const auto& [name, value] : optionsOf(info[0], "option")) writeOption(option, name, value);
        network_->setOption(option);
        return info.Env().Undefined();
    });
}

Napi::Value NetWrap::configure(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Napi::Object options = Arguments(info, "Net.configure").object(0, "options");
        const RunnerOptions requested = runnerOptionsOf(options);
        twinfer::configure(*network_, requested);
        configured_ = requested;
        isConfigured_ = true;
        return info.Env().Undefined();
    });
}

Napi::Value NetWrap::loadParam(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const ModelFile file = Arguments(info, "Net.loadParam").file(0, "param");
        startAfresh();
        network_->loadParam(file);
        return info.Env().Undefined();
    });
}

Napi::Value NetWrap::loadModel(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        // As a model has them, so that a trace shows its values.
        if (isConfigured_) arrangeThreads(*network_, configured_);
        network_->loadModel(Arguments(info, "Net.loadModel").file(0, "model"));
        return info.Env().Undefined();
    });
}

Napi::Value NetWrap::clear(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        startAfresh();
        return info.Env().Undefined();
    });
}

Napi::Value NetWrap::layers(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const ParamFile& param = network_->param();
        Napi::Array array = Napi::Array::New(env, param.layers.size());
        for (uint32_t i = 0; i < param.layers.size(); i++) {
            Napi::Object layer = Napi::Object::New(env);
            layer["type"] = Napi::String::New(env, param.layers[i].type);
            layer["name"] = Napi::String::New(env, param.layers[i].name);
            layer["bottoms"] = namesOf(env, param, param.layers[i].bottoms);
            layer["tops"] = namesOf(env, param, param.layers[i].tops);
            array[i] = layer;
        }
        return array;
    });
}

Napi::Value NetWrap::blobNames(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const std::vector<std::string>& blobs = network_->param().blobs;
        Napi::Array names = Napi::Array::New(env, blobs.size());
        for (uint32_t i = 0; i < blobs.size(); i++) names[i] = Napi::String::New(env, blobs[i]);
        return names;
    });
}

Napi::Value NetWrap::inputIndexes(const Napi::CallbackInfo& info) {
    return guard(info.Env(),
                 [&]() -> Napi::Value { return toArray(info.Env(), Shape(network_->inputBlobs())); });
}

Napi::Value NetWrap::outputIndexes(const Napi::CallbackInfo& info) {
    return guard(info.Env(),
                 [&]() -> Napi::Value { return toArray(info.Env(), Shape(network_->outputBlobs())); });
}

Napi::Value NetWrap::inputs(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        std::vector<TensorSpec> tensors;
        for (const InputSpec& spec : inputSpecs(*network_, configured_.inputShapes))
            tensors.push_back(spec.tensor);
        return toArray(info.Env(), tensors);
    });
}

Napi::Value NetWrap::readInputs(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const std::vector<InputView> tensors = inputViewsOf(info[0], "inputs");
        const std::vector<InputSpec> specs = inputSpecs(*network_, configured_.inputShapes);
        if (tensors.size() != specs.size()) {
            throw Error("TWINFER_MISSING_INPUT", "expected " + std::to_string(specs.size()) +
                                                     " inputs, received " + std::to_string(tensors.size()));
        }
        for (size_t i = 0; i < specs.size(); i++) checkInputMemory(specs[i].tensor, tensors[i]);
        const InputReading reading = twinfer::readInputs(*network_, specs, tensors);
        Napi::Array dimensions = Napi::Array::New(env, specs.size());
        Napi::Array batched = Napi::Array::New(env, specs.size());
        for (uint32_t i = 0; i < specs.size(); i++) {
            dimensions[i] = toArray(env, reading.dimensions[i]);
            batched[i] = Napi::Boolean::New(env, reading.batched[i]);
        }
        Napi::Object result = Napi::Object::New(env);
        result["items"] = Napi::Number::New(env, reading.items);
        result["dimensions"] = dimensions;
        result["batched"] = batched;
        return result;
    });
}

Napi::Value NetWrap::createExtractor(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return ExtractorWrap::wrap(info.Env(), network_); });
}

Napi::Value NetWrap::runLayer(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const int layer = Arguments(info, "Net.runLayer").integer(0, "layer", 0, 1 << 20);
        return toArray(info.Env(), twinfer::runLayer(network_, layer, inputViewsOf(info[1], "bottoms")));
    });
}

Napi::Value NetWrap::timeLayers(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        const Napi::Array given = Arguments(info, "Net.timeLayers").array(0, "inputs");
        std::vector<ncnn::Mat> inputs;
        for (uint32_t i = 0; i < given.Length(); i++)
            inputs.push_back(MatWrap::of(env, given[i], "an input"));
        const std::vector<double> times = twinfer::timeLayers(*network_, inputs);
        Napi::Array array = Napi::Array::New(env, times.size());
        for (uint32_t i = 0; i < times.size(); i++) array[i] = Napi::Number::New(env, times[i]);
        return array;
    });
}

} // namespace twinfer
