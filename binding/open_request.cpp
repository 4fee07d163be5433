#include "open_request.h"

#include "arguments.h"
#include "error.h"
#include "open_model.h"

namespace twinfer {

RunnerOptions runnerOptionsOf(const Napi::Object& request) {
    RunnerOptions options;
    options.precision = request.Get("precision").ToString().Utf8Value();
    options.threads = request.Get("threads").ToNumber().Int32Value();
    options.lanes = request.Get("lanes").ToNumber().Int32Value();
    options.device = request.Get("device").ToString().Utf8Value();
    options.engineOptions = optionsOf(request.Get("engineOptions"), "engineOptions");
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

OpenRequest openRequestOf(const Napi::Object& request) {
    OpenRequest made;
    const std::string engine = request.Get("engine").ToString().Utf8Value();
    if (engine != "ncnn" && engine != "mnn") {
        throw Error("TWINFER_INVALID_ARGUMENT", "expected engine 'ncnn' or 'mnn', received '" + engine + "'");
    }
    made.ncnn = engine == "ncnn";
    made.model = fileOf(request.Get("model"), "model");
    if (made.ncnn) made.weights = fileOf(request.Get("weights"), "weights");
    made.options = runnerOptionsOf(request);
    return made;
}

std::shared_ptr<Runner> OpenRequest::open() const {
    return openModel(ncnn ? Engine::ncnn : Engine::mnn, model, weights, options);
}

} // namespace twinfer
