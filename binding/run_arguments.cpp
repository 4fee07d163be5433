#include "run_arguments.h"

#include <cstring>

#include "arguments.h"
#include "error.h"
#include "runner/destination.h"

namespace twinfer {

RunRequest runRequestOf(const Napi::CallbackInfo& info, size_t inputs, size_t outputs) {
    const Arguments arguments(info, "run");
    const Napi::Array data = arguments.array(0, "data");
    const Napi::Array shapes = arguments.array(1, "shapes");
    const Napi::Array wanted = arguments.array(2, "wanted");
    if (data.Length() != inputs || shapes.Length() != inputs) {
        throw Error("TWINFER_MISSING_INPUT", "expected " + std::to_string(inputs) + " inputs, received " +
                                                 std::to_string(data.Length()));
    }
    RunRequest request;
    request.inputs.reserve(inputs);
    for (uint32_t i = 0; i < inputs; i++) {
        const TypedArrayView view = viewOf(data.Get(i), "data");
        Shape shape = shapeOf(shapes.Get(i), "shape");
        if (view.bytes == 0 && elementsOf(shape) > 0) {
            throw Error("TWINFER_BUFFER_DETACHED", "expected an array with memory for input " + std::to_string(i) +
                                                       " of shape " + toString(shape) +
                                                       ", received a detached or empty one");
        }
        request.inputs.push_back({view.data, view.bytes, view.dtype, std::move(shape)});
    }
    request.outputs.reserve(wanted.Length());
    for (uint32_t i = 0; i < wanted.Length(); i++) {
        const int index = wanted.Get(i).ToNumber().Int32Value();
        if (index < 0 || size_t(index) >= outputs) {
            throw Error("TWINFER_UNKNOWN_OUTPUT", "expected an output index from 0 to " +
                                                      std::to_string(outputs - 1) + ", received " +
                                                      std::to_string(index));
        }
        request.outputs.push_back(index);
    }
    const Destinations into = runDestinations(info);
    if (into.IsEmpty()) return request;
    request.destinations.resize(request.outputs.size());
    for (uint32_t i = 0; i < request.outputs.size() && i < into.Length(); i++) {
        const Napi::Value array = into.Get(i);
        if (!array.IsTypedArray()) continue;
        const TypedArrayView view = viewOf(array, "outputs");
        if (view.data == nullptr) {
            throw Error("TWINFER_BUFFER_DETACHED", "expected an array with memory for the output, received a detached or empty one");
        }
        request.destinations[i] = {view.data, view.bytes, view.dtype};
    }
    return request;
}

Destinations runDestinations(const Napi::CallbackInfo& info) {
    return info.Length() > 3 && info[3].IsArray() ? info[3].As<Napi::Array>() : Napi::Array();
}

void copyInto(const Destinations& destinations, RunResult& result) {
    for (uint32_t i = 0; i < result.outputs.size() && i < destinations.Length(); i++) {
        const Napi::Value array = destinations.Get(i);
        if (!array.IsTypedArray()) continue;
        OutputTensor& output = result.outputs[i];
        const TypedArrayView view = viewOf(array, "outputs");
        if (view.data == nullptr && output.bytes > 0) {
            throw Error("TWINFER_BUFFER_DETACHED",
                        "expected the array for an output to keep its memory until the run ends, received a detached one");
        }
        checkDestination({view.data, view.bytes, view.dtype}, output);
        if (output.bytes > 0) std::memcpy(view.data, output.data, output.bytes);
        output.owner.reset();
        output.copied = true;
    }
}

} // namespace twinfer
