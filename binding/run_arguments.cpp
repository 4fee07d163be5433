#include "run_arguments.h"

#include <cstring>

#include "arguments.h"
#include "error.h"
#include "runner/destination.h"

namespace twinfer {

namespace {

// Reads (rank, dimensions…) after each other.
class ShapeReader {
  public:
    explicit ShapeReader(const TypedArrayView& view)
        : next_(static_cast<const int32_t*>(view.data)),
          end_(next_ + (view.dtype == DType::int32 ? view.length : 0)) {}

    Shape next() {
        const int32_t rank = next_ < end_ ? *next_++ : -1;
        if (rank < 0 || rank > end_ - next_) {
            throw Error("TWINFER_INVALID_ARGUMENT", "run: expected a shape for each input, received too few");
        }
        next_ += rank;
        return Shape(next_ - rank, next_);
    }

  private:
    const int32_t* next_;
    const int32_t* end_;
};

} // namespace

RunRequest runRequestOf(const Napi::CallbackInfo& info, size_t inputs) {
    const Arguments arguments(info, "run");
    const Napi::Array data = arguments.array(0, "data");
    ShapeReader shapes(arguments.typedArray(1, "shapes"));
    const TypedArrayView wanted = arguments.typedArray(2, "wanted");
    RunRequest request;
    request.inputs.reserve(inputs);
    for (uint32_t i = 0; i < inputs; i++) {
        const TypedArrayView view = viewOf(data.Get(i), "data");
        Shape shape = shapes.next();
        if (view.bytes == 0 && elementsOf(shape) > 0) {
            throw Error(
                "TWINFER_BUFFER_DETACHED",
                "expected an array with memory for input " + std::to_string(i) + " of shape " +
                    toString(shape) + ", received a detached or empty one",
                "An array that was transferred or detached has no memory: run before, or pass a copy.");
        }
        request.inputs.push_back({view.data, view.bytes, view.dtype, std::move(shape)});
    }
    const auto* indices = static_cast<const int32_t*>(wanted.data);
    request.outputs.assign(indices, indices + (wanted.dtype == DType::int32 ? wanted.length : 0));
    const Destinations into = runDestinations(info);
    if (into.IsEmpty()) return request;
    request.destinations.resize(request.outputs.size());
    for (uint32_t i = 0; i < request.outputs.size() && i < into.Length(); i++) {
        const Napi::Value array = into.Get(i);
        if (!array.IsTypedArray()) continue;
        const TypedArrayView view = viewOf(array, "outputs");
        if (view.data == nullptr) {
            throw Error("TWINFER_BUFFER_DETACHED",
                        "expected an array with memory for the output, received a detached or empty one");
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
            throw Error("TWINFER_BUFFER_DETACHED", "expected the array for an output to keep its memory "
                                                   "until the run ends, received a detached one");
        }
        checkDestination({view.data, view.bytes, view.dtype}, output);
        if (output.bytes > 0) std::memcpy(view.data, output.data, output.bytes);
        output.owner.reset();
        output.copied = true;
    }
}

} // namespace twinfer
