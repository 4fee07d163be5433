#include "choose_threads.h"

#include <algorithm>

#include <ncnn/cpu.h>

#include "../format/ncnn/work.h"
#include "../runner/usable_cores.h"
#include "input_spec.h"

namespace twinfer {

// ncnn counts cores that this process is kept from, too.
int bigCoresFor(const RunnerOptions& options) {
    return coresForLane(std::min(usableCores(), ncnn::get_physical_big_cpu_count()), options);
}

int coresToChooseFrom(const Network& network, const RunnerOptions& options) {
    const auto isThreads = [](const auto& option) { return option.first == "num_threads"; };
    const bool given = options.threads > 0 ||
                       std::any_of(options.engineOptions.begin(), options.engineOptions.end(), isThreads);
    if (given || network.option().use_vulkan_compute) return 0;
    return bigCoresFor(options);
}

ThreadChoice chooseThreads(const Network& network, const std::map<int, BlobShape>& inputs, int cores) {
    const std::optional<double> work = multiplyAddsOf(network.param(), inferShapes(network.param(), inputs));
    if (work) return threadsForWork(*work, cores);
    return threadsForUnknownWork(cores, "the first run tells the shapes, and with them the work");
}

ThreadChoice arrangeThreads(Network& network, const RunnerOptions& options) {
    const int cores = coresToChooseFrom(network, options);
    if (cores == 0) {
        const bool vulkan = network.option().use_vulkan_compute;
        return {network.option().num_threads, vulkan ? "for layers that stay on the CPU" : "asked for"};
    }
    std::map<int, BlobShape> known;
    const std::vector<InputSpec> specs = inputSpecs(network, options.inputShapes);
    for (size_t i = 0; i < specs.size(); i++)
        known[network.inputBlobs()[i]] = BlobShape::from(specs[i].tensor.shape);
    const ThreadChoice choice = chooseThreads(network, known, cores);
    network.setThreads(choice.threads);
    return choice;
}

} // namespace twinfer
