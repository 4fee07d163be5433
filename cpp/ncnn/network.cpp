#include "network.h"

#include <ncnn/datareader.h>
#include <ncnn/layer.h>

#include "../error.h"
#include "../format/ncnn/graph_check.h"
#include "../format/ncnn/index_blobs.h"
#include "../format/ncnn/shape_check.h"
#include "../model_file.h"
#include "../vulkan/device_choice.h"
#include "approximations.h"
#include "bounded_reader.h"
#include "checked_regions.h"
#include "checked_scores.h"
#include "dilated_layers.h"
#include "machine.h"
#include "refused_layer.h"
#include "require_weights.h"
#include "wide_layers.h"

namespace twinfer {

namespace {

// A .param of a network with a million layers, ncnn's own limit, stays below.
constexpr uint64_t kMostParamBytes = uint64_t(1) << 30;

bool usesInt8(const ParamFile& param) {
    for (const ParamLayer& layer : param.layers) {
        const bool weighted = layer.type.rfind("Convolution", 0) == 0 || layer.type == "InnerProduct" ||
                              layer.type == "LSTM" || layer.type == "GRU" || layer.type == "RNN";
        const bool blockScaled =
            layer.type == "Gemm" || layer.type == "MultiHeadAttention" || layer.type == "Embed";
        if ((weighted && layer.integer(8, 0) != 0) || (blockScaled && layer.integer(18, 0) != 0)) return true;
    }
    return false;
}

bool hasSharedBlobs(const ParamFile& param) {
    std::vector<bool> consumed(param.blobs.size(), false);
    for (const ParamLayer& layer : param.layers) {
        for (const int bottom : layer.bottoms) {
            if (consumed[bottom]) return true;
            consumed[bottom] = true;
        }
    }
    return false;
}

// Layers that move indices would round them to bf16 or fp16 like any value. Their mask (parameter 31 in a
// .param) takes them out of that, and off the GPU.
void keepIndices(ncnn::Net& net, const ParamFile& param, const std::vector<bool>& indices) {
    constexpr int kNoFp16 = 1 << 1, kNoBf16 = 1 << 2, kNoVulkan = 1 << 4;
    for (size_t i = 0; i < param.layers.size(); i++) {
        const std::vector<int>& tops = param.layers[i].tops;
        if (tops.empty() || !indices[size_t(tops[0])]) continue;
        net.mutable_layers()[i]->featmask |= kNoFp16 | kNoBf16 | kNoVulkan;
    }
}

} // namespace

Network::Network(const NetOption& option) : net_(std::make_unique<ncnn::Net>()), kernels_(option.kernels) {
    net_->opt = option;
}

Network::~Network() = default;

std::shared_ptr<Network> Network::afresh() const {
    auto network = std::make_shared<Network>(option());
    network->exact_ = exact_;
    network->cacheFile_ = cacheFile_;
    return network;
}

void Network::loadParam(const ModelFile& file) {
    clear();
    const std::shared_ptr<const std::string> content = readAll(file, kMostParamBytes);
    ThrowingFindings findings;
    ParamFile parsed = parseParam(*content, findings);
    checkGraph(parsed, findings);
    checkParameters(parsed);
    if (!net_->opt.use_int8_inference && usesInt8(parsed)) {
        // ncnn would read the int8 weights as floats, four times past their end.
        throw Error("TWINFER_INVALID_OPTION",
                    "expected use_int8_inference to stay on for a quantised network, received false");
    }
    const bool vulkan = net_->opt.use_vulkan_compute;
    if (vulkan) startVulkan(parsed);
    // In bf16 they would have nothing to do but for layers that a mask takes out of it.
    if (!vulkan && kernels_ && !net_->opt.use_bf16_storage) kernels::registerKernels(*net_);
    if (!vulkan) checkRegions(*net_, parsed);
    const auto* bytes = reinterpret_cast<const unsigned char*>(content->data());
    const ncnn::DataReaderFromMemory reader(bytes, content->size());
    const int failed = parsed.binary ? net_->load_param_bin(reader) : net_->load_param(reader);
    if (failed != 0) {
        clear();
        throwRefusedLayer(parsed);
        throw Error("TWINFER_MODEL_INVALID", "ncnn refused " + nameOf(file));
    }
    indices_ = indexBlobs(parsed);
    keepIndices(*net_, parsed, indices_);
    if (vulkan && !net_->opt.use_vulkan_compute) {
        clear();
        throw Error("TWINFER_DEVICE_UNAVAILABLE",
                    "expected a working Vulkan device, received one that ncnn cannot start");
    }
    quantized_ = usesInt8(parsed);
    sharesBlobs_ = hasSharedBlobs(parsed);
    param_ = std::move(parsed);
    state_ = State::param;
}

void Network::loadModel(const ModelFile& file) {
    require(State::param, "a loaded param");
    if (state_ == State::ready) {
        // A second load_model runs create_pipeline again on layers that have transformed their weights.
        throw Error("TWINFER_INVALID_STATE",
                    "expected weights to be loaded once, received a second loadModel",
                    "Call loadParam again first.");
    }
    const BoundedReader reader(file);
    requireWeights(param_, file);
    try {
        WideLayers wide(*net_);
        if (net_->load_model(reader) != 0) {
            throw Error("TWINFER_MODEL_INVALID", "ncnn refused " + nameOf(file));
        }
        checkDilated(*net_, param_);
        checkScores(*net_);
        wide.wrapMasked();
    } catch (...) {
        clear();
        throw;
    }
    if (cache_) cache_->save();
    weightBytes_ = reader.size() - reader.remaining();
    trailingBytes_ = reader.remaining();
    state_ = State::ready;
}

void Network::clear() {
    state_ = State::empty;
    param_ = {};
    weightBytes_ = trailingBytes_ = 0;
    // Not net_->clear(): a load that was left by an exception has layers without pipelines, which
    // clear() would destroy all the same. A new Net costs a microsecond.
    ncnn::Option option = net_->opt;
    option.pipeline_cache = nullptr;
    net_ = std::make_unique<ncnn::Net>();
    net_->opt = option;
    cache_.reset();
}

// ncnn would take another device than the one that was asked for, or the CPU (net.cpp:1572).
void Network::startVulkan(const ParamFile& param) {
    DeviceChoice choice{true, {}};
    ncnn::Option& option = net_->opt;
    if (option.vulkan_device_index >= 0) choice.index = option.vulkan_device_index;
    option.vulkan_device_index = chooseGpu(choice, gpus(), "ncnn");
    if (exact_) approximated_ = overrideApproximations(*net_, param);
    if (cacheFile_.empty()) return;
    cache_ = std::make_unique<PipelineCacheFile>(cacheFile_, option.vulkan_device_index);
    option.pipeline_cache = &cache_->cache();
}

Placement Network::placement() const {
    Placement placement;
    for (const ncnn::Layer* layer : net_->layers()) {
        placement.add(layer->type, !net_->opt.use_vulkan_compute || !layer->support_vulkan);
    }
    return placement;
}

void Network::setOption(const NetOption& option) {
    if (state_ != State::empty) {
        throw Error(
            "TWINFER_OPTIONS_FROZEN", "expected options before loadParam, received a change after it",
            "ncnn's layers choose kernels and transform weights while they load; a later change gives "
            "wrong results without a word.");
    }
    net_->opt = option;
    kernels_ = option.kernels;
}

void Network::require(State least, const char* what) const {
    if (state_ >= least) return;
    throw Error("TWINFER_INVALID_STATE",
                std::string("expected ") + what + ", received a net " +
                    (state_ == State::empty ? "without a param" : "with a param and no weights"),
                "Call loadParam, then loadModel, and go on when neither threw.");
}

const ParamFile& Network::param() const {
    require(State::param, "a loaded param");
    return param_;
}

const std::vector<int>& Network::inputBlobs() const {
    require(State::param, "a loaded param");
    return net_->input_indexes();
}

const std::vector<int>& Network::outputBlobs() const {
    require(State::param, "a loaded param");
    return net_->output_indexes();
}

ncnn::Extractor Network::createExtractor() const {
    require(State::ready, "loaded weights");
    ncnn::Extractor extractor = net_->create_extractor();
    // Light mode gives a blob back after its first consumer; the second would compute it again, from
    // inputs that are gone by then.
    if (sharesBlobs_) extractor.set_light_mode(false);
    return extractor;
}

} // namespace twinfer
