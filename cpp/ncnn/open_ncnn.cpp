#include "open_ncnn.h"

#include <algorithm>

#include <ncnn/cpu.h>

#include "choose_threads.h"
#include "configure.h"
#include "input_spec.h"
#include "ncnn_runner.h"

namespace twinfer {

namespace {

// What a model without `threads` may choose from; 0 where they are given, or a GPU does the work.
int coresToChooseFrom(const Network& network, const RunnerOptions& options) {
    const auto isThreads = [](const auto& option) { return option.first == "num_threads"; };
    const bool given = options.threads > 0 ||
                       std::any_of(options.engineOptions.begin(), options.engineOptions.end(), isThreads);
    if (given || network.option().use_vulkan_compute) return 0;
    return coresForLane(ncnn::get_physical_big_cpu_count(), options);
}

// As far as the file, or inputShapes, says them.
std::map<int, BlobShape> knownInputs(const Network& network, const RunnerOptions& options) {
    std::map<int, BlobShape> known;
    const std::vector<InputSpec> specs = inputSpecs(network, options.inputShapes);
    for (size_t i = 0; i < specs.size(); i++)
        known[network.inputBlobs()[i]] = BlobShape::from(specs[i].tensor.shape);
    return known;
}

} // namespace

std::shared_ptr<Runner> openNcnn(const ModelFile& param, const ModelFile& weights,
                                 const RunnerOptions& options) {
    auto network = std::make_unique<Network>(ncnn::Option());
    configure(*network, options);
    network->loadParam(param);
    const int cores = coresToChooseFrom(*network, options);
    ThreadChoice threads{network->option().num_threads, network->option().use_vulkan_compute
                                                            ? "for layers that stay on the CPU"
                                                            : "asked for"};
    if (cores > 0) threads = chooseThreads(*network, knownInputs(*network, options), cores);
    // Layers arrange their weights for so many threads. Fewer can run them later, at little loss.
    network->setThreads(threads.threads);
    network->loadModel(weights);
    return std::make_shared<NcnnRunner>(std::move(network), options, threads, cores);
}

} // namespace twinfer
