#include "open_ncnn.h"

#include "configure.h"
#include "ncnn_runner.h"

namespace twinfer {

std::shared_ptr<Runner> openNcnn(const ModelFile& param, const ModelFile& weights,
                                 const RunnerOptions& options) {
    auto network = std::make_unique<Network>(NetOption());
    configure(*network, options);
    network->loadParam(param);
    network->loadModel(weights);
    return std::make_shared<NcnnRunner>(std::move(network), options);
}

} // namespace twinfer
