#include "schedule_values.h"

#include <cmath>

#include "../arguments.h"
#include "error.h"
#include "mnn/tuning_cache.h"
#include "mnn/vulkan_devices.h"

namespace twinfer {

namespace {

Napi::Value memberOf(Napi::Value object, const char* name) {
    if (object.IsUndefined() || object.IsNull()) return object.Env().Undefined();
    if (!object.IsObject()) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    std::string("expected an object with ") + name + ", received " + describe(object));
    }
    return object.As<Napi::Object>().Get(name);
}

int numberOf(Napi::Value object, const char* name, int fallback, int least, int most) {
    const Napi::Value value = memberOf(object, name);
    if (value.IsUndefined()) return fallback;
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
    if (!(number >= least && number <= most) || number != std::floor(number)) {
        throw Error("TWINFER_INVALID_ARGUMENT", std::string(name) + ": expected a whole number from " +
                                                    std::to_string(least) + " to " + std::to_string(most) +
                                                    ", received " + describe(value));
    }
    return static_cast<int>(number);
}

std::vector<std::string> namesOf(Napi::Value object, const char* name) {
    const Napi::Value value = memberOf(object, name);
    std::vector<std::string> names;
    if (value.IsUndefined()) return names;
    if (!value.IsArray()) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    std::string(name) + ": expected an array of names, received " + describe(value));
    }
    const Napi::Array array = value.As<Napi::Array>();
    for (uint32_t i = 0; i < array.Length(); i++) {
        const Napi::Value item = array[i];
        if (!item.IsString()) {
            throw Error("TWINFER_INVALID_ARGUMENT",
                        std::string(name) + ": expected names, received " + describe(item));
        }
        names.push_back(item.As<Napi::String>().Utf8Value());
    }
    return names;
}

} // namespace

mnn::SessionRequest sessionRequestOf(Napi::Value value) {
    mnn::SessionRequest request;
    const int type = numberOf(value, "type", MNN_FORWARD_CPU, 0, MNN_FORWARD_USER_3);
    request.config.type = static_cast<MNNForwardType>(type);
    if (type == MNN_FORWARD_AUTO) {
        request.config.type = mnn::gpus().empty() ? MNN_FORWARD_CPU : MNN_FORWARD_VULKAN;
    }
    request.config.backupType =
        static_cast<MNNForwardType>(numberOf(value, "backupType", MNN_FORWARD_CPU, 0, MNN_FORWARD_USER_3));
    request.config.threads = numberOf(value, "numThread", 4, 1, 32);
    request.config.gpuMode = numberOf(value, "mode", MNN_GPU_TUNING_WIDE, 1, 1023);
    if (request.config.type == MNN_FORWARD_VULKAN) mnn::checkTuningMode(request.config.gpuMode);
    request.saveTensors = namesOf(value, "saveTensors");
    const Napi::Value path = memberOf(value, "path");
    request.pathInputs = namesOf(path, "inputs");
    request.pathOutputs = namesOf(path, "outputs");
    request.pathByTensor = numberOf(path, "mode", 0, 0, 1) == 1;

    const Napi::Value backend = memberOf(value, "backendConfig");
    MNN::BackendConfig& config = request.config.backend;
    config.precision =
        static_cast<MNN::BackendConfig::PrecisionMode>(numberOf(backend, "precision", 0, 0, 3));
    config.memory = static_cast<MNN::BackendConfig::MemoryMode>(numberOf(backend, "memory", 0, 0, 2));
    config.power = static_cast<MNN::BackendConfig::PowerMode>(numberOf(backend, "power", 0, 0, 2));
    const int flags = numberOf(backend, "flags", 0, 0, 4);
    // On a GPU the same bytes are a pointer to the application's own context.
    if (flags != 0 && request.config.type != MNN_FORWARD_CPU) {
        throw Error("TWINFER_INVALID_ARGUMENT", "flags: expected type CPU, received " + std::to_string(type));
    }
    if (flags != 0) config.flags = static_cast<size_t>(flags);
    return request;
}

} // namespace twinfer
