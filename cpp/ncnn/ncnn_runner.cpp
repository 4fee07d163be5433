#include "ncnn_runner.h"

#include <algorithm>
#include <numeric>

#include "../error.h"
#include "../runner/find_output.h"
#include "borrowed_mat.h"
#include "effective_ncnn.h"
#include "input_dimensions.h"
#include "input_spec.h"
#include "mat_output.h"

namespace twinfer {

NcnnRunner::NcnnRunner(std::unique_ptr<Network> network, const RunnerOptions& options)
    : network_(std::move(network)), options_(options) {
    inputs_ = inputSpecs(*network_, options);
    for (const int blob : network_->outputBlobs()) {
        outputs_.push_back({network_->param().blobs[blob], false, {}, DType::float32, Layout::NCHW});
    }
}

Effective NcnnRunner::effective() const {
    return describeNcnn(*network_, options_);
}

int NcnnRunner::findOutput(const std::string& name) const {
    return twinfer::findOutput(outputs_, network_->param().blobs, name);
}

int NcnnRunner::blobOf(int output) const {
    const size_t index = size_t(output), count = outputs_.size(), blobs = network_->param().blobs.size();
    if (output >= 0 && index < count) return network_->outputBlobs()[index];
    if (output >= 0 && index < count + blobs) return int(index - count);
    throw Error("TWINFER_UNKNOWN_OUTPUT",
                "expected the index of an output, received " + std::to_string(output));
}

std::vector<size_t> NcnnRunner::extractionOrder(const std::vector<int>& outputs) const {
    std::vector<size_t> order(outputs.size());
    std::iota(order.begin(), order.end(), size_t(0));
    const auto isBetween = [this](int output) { return size_t(output) >= outputs_.size(); };
    if (std::none_of(outputs.begin(), outputs.end(), isBetween)) return order;
    const std::vector<ncnn::Blob>& blobs = network_->blobs();
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return blobs[size_t(blobOf(outputs[a]))].producer < blobs[size_t(blobOf(outputs[b]))].producer;
    });
    return order;
}

RunResult NcnnRunner::run(const RunRequest& request) {
    const std::vector<Shape> dimensions = dimensionsOf(request);
    RunResult result;
    // Declared before the Extractor: every Mat made from an input counts its references here.
    std::vector<int> references(request.inputs.size());
    ncnn::Extractor extractor = network_->createExtractor();
    extractor.set_blob_allocator(pool_.get());
    for (size_t i = 0; i < request.inputs.size(); i++) {
        bool copied = false;
        const ncnn::Mat mat = borrowMat(request.inputs[i], dimensions[i], references[i], copied);
        result.inputCopied.push_back(copied);
        if (extractor.input(network_->inputBlobs()[i], mat) != 0) {
            throw Error("TWINFER_ENGINE_FAILED", "ncnn refused input '" + inputs_[i].name + "'");
        }
    }
    result.outputs.resize(request.outputs.size());
    for (const size_t i : extractionOrder(request.outputs)) {
        const int blob = blobOf(request.outputs[i]);
        ncnn::Mat mat;
        const int failed = extractor.extract(blob, mat);
        if (failed != 0) {
            throw Error("TWINFER_ENGINE_FAILED", "ncnn could not compute output '" +
                                                     network_->param().blobs[size_t(blob)] + "' (" +
                                                     std::to_string(failed) + ")");
        }
        // Reshape, Flatten and others pass their input through: this would be the caller's array.
        const bool borrowed =
            mat.refcount >= references.data() && mat.refcount < references.data() + references.size();
        const Destination* destination = request.destinations.empty() ? nullptr : &request.destinations[i];
        result.outputs[i] = toOutput(borrowed ? mat.clone(pool_.get()) : mat, pool_, destination);
    }
    return result;
}

std::vector<Shape> NcnnRunner::dimensionsOf(const RunRequest& request) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        bool same = lastShapes_.size() == request.inputs.size();
        for (size_t i = 0; same && i < lastShapes_.size(); i++)
            same = lastShapes_[i] == request.inputs[i].shape;
        if (same && !lastShapes_.empty()) {
            for (size_t i = 0; i < inputs_.size(); i++) checkInputMemory(inputs_[i], request.inputs[i]);
            return lastDimensions_;
        }
    }
    for (size_t i = 0; i < inputs_.size(); i++) checkInputMemory(inputs_[i], request.inputs[i]);
    std::vector<Shape> dimensions = inputDimensions(*network_, inputs_, request.inputs);
    const std::lock_guard<std::mutex> lock(mutex_);
    lastShapes_.clear();
    for (const InputView& input : request.inputs) lastShapes_.push_back(input.shape);
    lastDimensions_ = dimensions;
    return dimensions;
}

} // namespace twinfer
