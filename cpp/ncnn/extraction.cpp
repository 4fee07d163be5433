#include "extraction.h"

#include <algorithm>

#include "../error.h"
#include "mat_output.h"

namespace twinfer {

Extraction::Extraction(std::shared_ptr<const Network> network)
    : network_(std::move(network)), extractor_(network_->createExtractor()), detectors_(network_->param()) {
    const ParamFile& param = network_->param();
    producer_.assign(param.blobs.size(), -1);
    available_.assign(param.blobs.size(), false);
    released_.assign(param.blobs.size(), false);
    for (size_t layer = 0; layer < param.layers.size(); layer++) {
        for (const int top : param.layers[layer].tops) producer_[top] = int(layer);
    }
}

void Extraction::input(int blob, const ncnn::Mat& mat) {
    requireBlob(blob);
    if (ran_) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected inputs before the first extract, received one after it",
                    "ncnn would go on with the first one's results: make a new Extractor for each run.");
    }
    if (mat.empty())
        throw Error("TWINFER_INVALID_ARGUMENT", "expected a Mat with elements, received an empty one");
    given_[blob] = BlobShape::from(shapeOf(mat));
    extractor_.input(blob, mat);
    available_[blob] = true;
}

ncnn::Mat Extraction::extract(int blob, bool raw) {
    requireBlob(blob);
    if (released_[blob]) {
        throw Error("TWINFER_INVALID_STATE",
                    "expected a blob that is still there, received '" + network_->param().blobs[blob] +
                        "', which light mode gave back when its consumer ran",
                    "Extract blobs in the network's order, or call setLightMode(false) first.");
    }
    const std::vector<int> layers = layersFor(blob);
    requireInputs(layers, blob);
    requireShapes(layers);
    for (const int detector : detectors_.before(blob)) {
        if (available_[blob] || given_.count(detector) != 0) continue;
        if (foundNothing_.count(detector) == 0) extract(detector, raw);
        if (foundNothing_[detector]) return {};
    }
    ran_ = true;
    ncnn::Mat mat;
    const int failed = extractor_.extract(blob, mat, raw ? 1 : 0);
    for (const int layer : layers) {
        const ParamLayer& ranLayer = network_->param().layers[layer];
        for (const int top : ranLayer.tops) available_[top] = true;
        if (!lightMode_) continue;
        for (const int bottom : ranLayer.bottoms) released_[bottom] = true;
    }
    if (failed != 0) {
        throw Error("TWINFER_ENGINE_FAILED", "ncnn could not compute blob '" + network_->param().blobs[blob] +
                                                 "' (" + std::to_string(failed) + ")");
    }
    foundNothing_[blob] = given_.count(blob) == 0 && detectors_.foundNothing(blob, mat);
    return foundNothing_[blob] ? ncnn::Mat() : mat;
}

BlobFacts Extraction::facts(int blob) const {
    return factsOf(*network_, detectors_, blob);
}

void Extraction::requireShapes(const std::vector<int>& layers) {
    // Inputs are all there by the first time: later ones are refused.
    if (!ran_) inference_ = inferShapes(network_->param(), given_);
    for (const auto& [layer, error] : inference_.failures) {
        if (std::find(layers.begin(), layers.end(), layer) != layers.end()) throw error;
    }
}

void Extraction::setLightMode(bool on) {
    if (ran_) throw Error("TWINFER_INVALID_STATE", "expected setLightMode before the first extract");
    // Without a Split, light mode would give a blob back before its second consumer.
    lightMode_ = on && !network_->sharesBlobs();
    extractor_.set_light_mode(lightMode_);
}

void Extraction::clear() {
    extractor_.clear();
    extractor_ = network_->createExtractor();
    ran_ = false;
    setLightMode(lightMode_);
    std::fill(available_.begin(), available_.end(), false);
    std::fill(released_.begin(), released_.end(), false);
    given_.clear();
    foundNothing_.clear();
}

int Extraction::blobNamed(const std::string& name, bool asInput) const {
    const std::vector<std::string>& blobs = network_->param().blobs;
    const auto found = std::find(blobs.begin(), blobs.end(), name);
    if (found != blobs.end()) return int(found - blobs.begin());
    std::string names;
    for (const int blob : asInput ? network_->inputBlobs() : network_->outputBlobs()) {
        names += (names.empty() ? "" : ", ") + blobs[blob];
    }
    throw Error(asInput ? "TWINFER_UNKNOWN_INPUT" : "TWINFER_UNKNOWN_OUTPUT",
                "expected the name of a blob, received '" + name + "'",
                std::string("The network's ") + (asInput ? "inputs" : "outputs") + " are: " + names + ".");
}

void Extraction::requireBlob(int blob) const {
    if (blob >= 0 && size_t(blob) < producer_.size()) return;
    throw Error("TWINFER_INVALID_ARGUMENT", "expected a blob index from 0 to " +
                                                std::to_string(producer_.size() - 1) + ", received " +
                                                std::to_string(blob));
}

std::vector<int> Extraction::layersFor(int blob) const {
    const std::vector<ParamLayer>& all = network_->param().layers;
    std::vector<bool> seen(all.size(), false);
    std::vector<int> layers;
    std::vector<int> open{blob};
    while (!open.empty()) {
        const int next = open.back();
        open.pop_back();
        const int layer = producer_[next];
        if (available_[next] || layer < 0 || seen[layer]) continue;
        seen[layer] = true;
        layers.push_back(layer);
        for (const int bottom : all[layer].bottoms) open.push_back(bottom);
    }
    return layers;
}

// An Input layer without its blob runs without a word and hands an empty Mat to the next layer.
void Extraction::requireInputs(const std::vector<int>& layers, int blob) const {
    const ParamFile& param = network_->param();
    for (const int layer : layers) {
        if (param.layers[layer].type != "Input") continue;
        throw Error("TWINFER_MISSING_INPUT", "expected input '" + param.blobs[param.layers[layer].tops[0]] +
                                                 "' to be set before '" + param.blobs[blob] +
                                                 "' is extracted, received none");
    }
}

} // namespace twinfer
