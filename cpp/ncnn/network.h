#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ncnn/net.h>

#include "../format/ncnn/param_file.h"
#include "../runner/runner.h"
#include "../vulkan/placement.h"
#include "kernels/kernels.h"
#include "option_table.h"
#include "pipeline_cache_file.h"

namespace twinfer {

// An ncnn::Net that can only be used in the right order: options, param, weights, extractors. ncnn itself
// checks none of it: extract() before load_model, or after it failed, reads unmapped memory.
class Network {
  public:
    explicit Network(const NetOption& option);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    // An empty one with the same settings: Extractors may still be using this one.
    std::shared_ptr<Network> afresh() const;

    // Text or binary, by content. Everything before is dropped, as ncnn does.
    void loadParam(const ModelFile& file);
    void loadModel(const ModelFile& file);
    void clear();

    // Before loadParam: layers whose Vulkan kernel is an approximation run on the CPU.
    void keepExact() { exact_ = true; }
    // Before loadParam: compiled shaders are read from this file, and written to it after loadModel. On the
    // CPU it has no effect.
    void setPipelineCacheFile(const std::string& file) { cacheFile_ = file; }

    // Throws TWINFER_OPTIONS_FROZEN once a param is loaded: layers have read the options by then.
    void setOption(const NetOption& option);
    // Before loadModel: layers arrange their weights for so many.
    void setThreads(int threads) { net_->opt.num_threads = threads; }
    NetOption option() const { return {net_->opt, kernels_}; }

    // These throw TWINFER_INVALID_STATE before loadParam.
    const ParamFile& param() const;
    const std::vector<int>& inputBlobs() const;
    const std::vector<int>& outputBlobs() const;
    const std::vector<ncnn::Blob>& blobs() const { return net_->blobs(); }

    // Throws TWINFER_INVALID_STATE before loadModel.
    ncnn::Extractor createExtractor() const;

    // True when a blob has several consumers without a Split between.
    bool sharesBlobs() const { return sharesBlobs_; }
    // By blob, whether it holds indices: see indexBlobs.
    const std::vector<bool>& indices() const { return indices_; }
    // True when some layer's weights are int8.
    bool quantized() const { return quantized_; }
    // Where the layers run; all on the CPU without use_vulkan_compute.
    Placement placement() const;
    // True when keepExact() keeps a layer of this network off the GPU.
    bool hasApproximation() const { return approximated_; }
    // The names of the layers that run on kernels of cpp/ncnn/kernels.
    std::vector<std::string> layersOnKernels() const { return kernels::layersOnKernels(*net_); }
    const std::string& pipelineCacheFile() const { return cacheFile_; }
    bool ready() const { return state_ == State::ready; }
    uint64_t weightBytes() const { return weightBytes_; }
    // Bytes of the .bin that no layer asked for; ncnn ignores them.
    uint64_t trailingBytes() const { return trailingBytes_; }

  private:
    enum class State { empty, param, ready };

    void require(State least, const char* what) const;
    void startVulkan(const ParamFile& param);

    std::unique_ptr<PipelineCacheFile> cache_; // layers use it while they load: outlives net_
    std::unique_ptr<ncnn::Net> net_;
    State state_ = State::empty;
    ParamFile param_;
    std::vector<bool> indices_;
    bool kernels_;
    bool quantized_ = false;
    bool exact_ = false;
    bool approximated_ = false;
    std::string cacheFile_;
    bool sharesBlobs_ = false;
    uint64_t weightBytes_ = 0;
    uint64_t trailingBytes_ = 0;
};

} // namespace twinfer
