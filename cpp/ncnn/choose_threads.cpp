#include "choose_threads.h"

#include "../format/ncnn/work.h"

namespace twinfer {

ThreadChoice chooseThreads(const Network& network, const std::map<int, BlobShape>& inputs, int cores) {
    const std::optional<double> work = multiplyAddsOf(network.param(), inferShapes(network.param(), inputs));
    if (work) return threadsForWork(*work, cores);
    return threadsForUnknownWork(cores, "the first run tells the shapes, and with them the work");
}

} // namespace twinfer
