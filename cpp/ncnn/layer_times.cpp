#include "layer_times.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <set>

#include "../error.h"
#include "../format/ncnn/shape_check.h"
#include "blob_pool.h"
#include "detectors.h"
#include "mat_output.h"

namespace twinfer {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostRuns = 5;
constexpr double kEnoughMs = 150; // no further run once the timed ones took this long

double since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Each layer's blob is asked for as soon as it can be computed, so that exactly one layer runs. Raw, from
// a pool of our own and given back at once: as in a run that asks for the last blob only, nothing is
// unpacked, converted or copied, and layers still work in place.
std::vector<double> timeOnce(const Network& network, const std::vector<ncnn::Mat>& inputs,
                             const Detectors& detectors, BlobPool& pool) {
    const ParamFile& param = network.param();
    std::vector<double> times(param.layers.size());
    std::set<int> foundNothing; // blobs; what is behind them does not run
    ncnn::Extractor extractor = network.createExtractor();
    extractor.set_blob_allocator(&pool);
    for (size_t i = 0; i < inputs.size(); i++) extractor.input(network.inputBlobs()[i], inputs[i]);
    for (size_t i = 0; i < param.layers.size(); i++) {
        const ParamLayer& layer = param.layers[i];
        if (layer.type == "Input" || layer.tops.empty()) continue;
        const std::vector<int>& before = detectors.before(layer.tops[0]);
        const auto isEmpty = [&](int blob) { return foundNothing.count(blob) != 0; };
        if (std::any_of(before.begin(), before.end(), isEmpty)) continue;
        ncnn::Mat mat;
        const Clock::time_point start = Clock::now();
        extractor.extract(layer.tops[0], mat, 1);
        times[i] = since(start);
        if (detectors.foundNothing(layer.tops[0], mat)) foundNothing.insert(layer.tops[0]);
    }
    return times;
}

} // namespace

std::vector<double> timeLayers(const Network& network, const std::vector<ncnn::Mat>& inputs) {
    if (network.option().use_vulkan_compute) return {};
    if (inputs.size() != network.inputBlobs().size()) {
        throw Error("TWINFER_MISSING_INPUT", "expected " + std::to_string(network.inputBlobs().size()) +
                                                 " inputs, received " + std::to_string(inputs.size()));
    }
    std::map<int, BlobShape> given;
    for (size_t i = 0; i < inputs.size(); i++) {
        given[network.inputBlobs()[i]] = BlobShape::from(shapeOf(inputs[i]));
    }
    const Inference inference = inferShapes(network.param(), given);
    if (!inference.failures.empty()) throw inference.failures.begin()->second;

    const Detectors detectors(network.param());
    BlobPool pool; // one for all runs, as a model has it
    timeOnce(network, inputs, detectors, pool);
    std::vector<std::pair<double, std::vector<double>>> runs;
    double total = 0;
    while (runs.size() < kMostRuns && total < kEnoughMs) {
        std::vector<double> times = timeOnce(network, inputs, detectors, pool);
        const double sum = std::accumulate(times.begin(), times.end(), 0.0);
        total += sum;
        runs.emplace_back(sum, std::move(times));
    }
    std::sort(runs.begin(), runs.end());
    return runs[(runs.size() - 1) / 2].second;
}

} // namespace twinfer
