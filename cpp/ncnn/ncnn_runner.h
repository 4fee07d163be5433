#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "../format/ncnn/shape/blob_shape.h"
#include "../runner/runner.h"
#include "../runner/thread_choice.h"
#include "blob_pool.h"
#include "detectors.h"
#include "input_dimensions.h"
#include "mat_output.h"
#include "network.h"

namespace twinfer {

// A Network as a Runner: a new Extractor a run, inputs borrowed, outputs handed out without a copy where
// their memory is not much more than they need.
class NcnnRunner : public Runner {
  public:
    // `threads` as far as it can be chosen before there is an input; `cores` to choose from, 0 where nothing
    // is to be chosen.
    NcnnRunner(std::unique_ptr<Network> network, const RunnerOptions& options, ThreadChoice threads,
               int cores);

    const std::vector<TensorSpec>& inputs() const override { return inputs_; }
    const std::vector<TensorSpec>& outputs() const override { return outputs_; }
    Effective effective() const override;
    int findOutput(const std::string& name) const override;
    std::vector<std::string> tensorNames() const override { return network_->param().blobs; }
    int lanes() const override { return options_.lanes; }
    RunResult run(const RunRequest& request) override;
    size_t memory() const override { return network_->weightBytes(); }

  private:
    // The memory of one run at a time: runs that share it wait for each other at every blob.
    struct Lane {
        // Outputs keep it alive: they are its blocks.
        std::shared_ptr<BlobPool> blobs = std::make_shared<BlobPool>();
        BlobPool workspace;
        RunWatch* watch = nullptr;
    };

    // A lane that no other run has, new where there are as many runs.
    std::unique_ptr<Lane> takeLane();
    void giveBack(std::unique_ptr<Lane> lane);
    RunResult runIn(Lane& lane, const RunRequest& request);
    // The blob of an index from findOutput().
    int blobOf(int output) const;
    // The places of the request's outputs in the order of the layers that produce them: in light mode a blob
    // is gone once its consumer ran.
    std::vector<size_t> extractionOrder(const std::vector<int>& outputs) const;
    // Throws TWINFER_LIMIT_EXCEEDED where the shapes alone tell that a tensor would be too large.
    void requireWithinLimits(const InputReading& reading) const;
    // readInputs(), and the threads for it; remembers the last answer.
    std::pair<InputReading, int> readingOf(const RunRequest& request);
    std::map<int, BlobShape> shapesOf(const InputReading& reading) const;
    ThreadChoice threadsFor(const InputReading& reading) const;
    // One item of a batch, or all there is: the wanted outputs, empty where nothing was found.
    std::vector<ncnn::Mat> runItem(Lane& lane, const RunRequest& request, const InputReading& reading,
                                   int item, std::vector<bool>& copied) const;
    // Computes what has to be seen before the layers behind it may run.
    void settle(ncnn::Extractor& extractor, RunWatch& watch, const RunRequest& request,
                const InputReading& reading, std::map<int, bool>& foundNothing) const;
    ncnn::Mat extract(ncnn::Extractor& extractor, RunWatch& watch, int blob,
                      std::map<int, bool>& foundNothing) const;

    std::unique_ptr<Network> network_;
    Detectors detectors_;
    std::vector<BlobFacts> facts_; // by blob
    RunnerOptions options_;
    std::vector<InputSpec> specs_;
    std::vector<TensorSpec> inputs_;
    std::vector<TensorSpec> outputs_;

    const int cores_;
    const bool refusesBlobs_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<Lane>> free_;
    ThreadChoice threads_; // for lastShapes_
    std::vector<Shape> lastShapes_;
    InputReading lastReading_;
};

} // namespace twinfer
