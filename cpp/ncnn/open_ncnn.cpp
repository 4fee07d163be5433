#include "open_ncnn.h"

#include "choose_threads.h"
#include "configure.h"
#include "ncnn_runner.h"

namespace twinfer {

std::shared_ptr<Runner> openNcnn(const ModelFile& param, const ModelFile& weights,
                                 const RunnerOptions& options) {
    auto network = std::make_unique<Network>(NetOption());
    configure(*network, options);
    network->loadParam(param);
    const ThreadChoice threads = arrangeThreads(*network, options);
    network->loadModel(weights);
    const int cores = coresToChooseFrom(*network, options);
    return std::make_shared<NcnnRunner>(std::move(network), options, threads, cores);
}

} // namespace twinfer
