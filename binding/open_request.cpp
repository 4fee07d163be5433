#include "open_request.h"

#include "arguments.h"
#include "error.h"
#include "open_model.h"
#include "runner/lanes_runner.h"

namespace twinfer {

RunnerOptions runnerOptionsOf(const Napi::Object& request) {
    RunnerOptions options;
    options.precision = request.Get("precision").ToString().Utf8Value();
    options.threads = request.Get("threads").ToNumber().Int32Value();
    options.lanes = request.Get("lanes").ToNumber().Int32Value();
    options.device = request.Get("device").ToString().Utf8Value();
    options.engineOptions = optionsOf(request.Get("engineOptions"), "engineOptions");
    const Napi::Object limits = request.Get("limits").ToObject();
    options.limits.ms = limits.Get("ms").ToNumber().DoubleValue();
    options.limits.memory = limits.Get("memory").ToNumber().DoubleValue();
    options.limits.elements = limits.Get("elements").ToNumber().DoubleValue();
    const Napi::Value shapes = request.Get("inputShapes");
    if (shapes.IsObject()) {
        const Napi::Array names = shapes.As<Napi::Object>().GetPropertyNames();
        for (uint32_t i = 0; i < names.Length(); i++) {
            const std::string name = names.Get(i).ToString().Utf8Value();
            options.inputShapes.emplace_back(
                name, shapeOf(shapes.As<Napi::Object>().Get(name), "inputShapes." + name));
        }
    }
    return options;
}

namespace {

Isolation isolationOf(const Napi::Object& given) {
    Isolation isolation;
    const Napi::Array command = given.Get("command").As<Napi::Array>();
    for (uint32_t i = 0; i < command.Length(); i++)
        isolation.command.push_back(command.Get(i).ToString().Utf8Value());
    isolation.ms = given.Get("ms").ToNumber().DoubleValue();
    isolation.memory = given.Get("memory").ToNumber().DoubleValue();
    return isolation;
}

} // namespace

OpenRequest openRequestOf(const Napi::Object& request) {
    OpenRequest made;
    const std::string engine = request.Get("engine").ToString().Utf8Value();
    if (engine != "ncnn" && engine != "mnn") {
        throw Error("TWINFER_INVALID_ARGUMENT", "expected engine 'ncnn' or 'mnn', received '" + engine + "'");
    }
    const bool isNcnn = engine == "ncnn";
    made.model.engine = isNcnn ? Engine::ncnn : Engine::mnn;
    made.model.model = fileOf(request.Get("model"), "model");
    if (isNcnn) made.model.weights = fileOf(request.Get("weights"), "weights");
    made.model.options = runnerOptionsOf(request);
    const Napi::Value isolation = request.Get("isolation");
    if (isolation.IsObject()) made.isolation = isolationOf(isolation.As<Napi::Object>());
    return made;
}

std::shared_ptr<Runner> OpenRequest::open() const {
    if (!isolation) return openModel(model);
    ModelRequest one = model;
    one.options.lanes = 0;
    const auto open = [&] { return std::make_shared<IsolatedRunner>(one, *isolation); };
    if (model.options.lanes <= 1) return open();
    return std::make_shared<LanesRunner>(model.options.lanes, open, "each lane is a process of its own");
}

} // namespace twinfer
