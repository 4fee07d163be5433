// instructions MODEL.param INPUT_RAW_FLOAT32 SHAPE KERNELS (SHAPE: 3x224x224), under QEMU with
// bench/instructions/counter.c. KERNELS: "off" for ncnn's own layers, "on" for what the addon does, "all" for
// every kind of this project's kernels. Runs the model in fp32 on one thread, and after that layer by layer,
// with a mark before and behind each. Prints a line for each layer that has a mark: its index, type, name,
// whether it is on a kernel, and its sizes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <ncnn/layer.h>
#include <ncnn/net.h>

#include "ncnn/kernels/kernels.h"
#include "ncnn/kernels/plan.h"

namespace {

constexpr long kMarkCall = 29783;
constexpr long kBeforeRun = 0, kAfterRun = 1, kFirstLayer = 2;

void mark(long which) {
    syscall(kMarkCall, which);
}

std::vector<float> readFloats(const char* file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    const auto* floats = reinterpret_cast<const float*>(bytes.data());
    return std::vector<float>(floats, floats + bytes.size() / sizeof(float));
}

// A Mat of as many dimensions as the shape has.
ncnn::Mat inputOf(const std::vector<float>& values, const char* shape) {
    std::vector<int> sizes;
    std::istringstream stream(shape);
    for (std::string size; std::getline(stream, size, 'x');) sizes.push_back(std::stoi(size));
    const int w = sizes.back();
    ncnn::Mat mat = sizes.size() == 1   ? ncnn::Mat(w)
                    : sizes.size() == 2 ? ncnn::Mat(w, sizes[0])
                                        : ncnn::Mat(w, sizes[1], sizes[0]);
    const size_t each = size_t(mat.w) * mat.h;
    for (int c = 0; c < mat.c; c++)
        std::copy_n(values.data() + c * each, each, static_cast<float*>(mat.channel(c)));
    return mat;
}

// Pooled, as the addon's memory is: what malloc does differs from run to run.
struct Pools {
    ncnn::UnlockedPoolAllocator blobs, workspace;
};

ncnn::Extractor start(const ncnn::Net& net, const ncnn::Mat& input, Pools& pools) {
    ncnn::Extractor extractor = net.create_extractor();
    extractor.set_blob_allocator(&pools.blobs);
    extractor.set_workspace_allocator(&pools.workspace);
    extractor.input(net.input_indexes()[0], input.clone());
    return extractor;
}

void runWhole(const ncnn::Net& net, const ncnn::Mat& input, Pools& pools) {
    ncnn::Extractor extractor = start(net, input, pools);
    ncnn::Mat out;
    extractor.extract(net.output_indexes()[0], out);
}

// Each layer's blob is asked for as soon as it can be computed, as it is: exactly one layer runs.
void runLayers(const ncnn::Net& net, const ncnn::Mat& input, Pools& pools) {
    ncnn::Extractor extractor = start(net, input, pools);
    const std::vector<std::string> onKernels = twinfer::kernels::layersOnKernels(net);
    const std::set<std::string> names(onKernels.begin(), onKernels.end());
    for (size_t i = 0; i < net.layers().size(); i++) {
        const ncnn::Layer& layer = *net.layers()[i];
        if (layer.type == "Input" || layer.tops.empty()) continue;
        ncnn::Mat out;
        mark(kFirstLayer + long(i) * 2);
        const int failed = extractor.extract(layer.tops[0], out, 1);
        mark(kFirstLayer + long(i) * 2 + 1);
        if (failed != 0) std::exit(3);
        std::printf("%zu\t%s\t%s\t%d\t%dx%dx%d\n", i, layer.type.c_str(), layer.name.c_str(),
                    int(names.count(layer.name)), out.w, out.h,
                    out.dims == 3   ? out.c * out.elempack
                    : out.dims == 2 ? out.elempack
                                    : 1);
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count < 5) return 2;
    const std::string param = arguments[1], kernels = arguments[4];
    const ncnn::Mat input = inputOf(readFloats(arguments[2]), arguments[3]);

    ncnn::Net net;
    net.opt.num_threads = 1;
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = false;
    const twinfer::kernels::Plan* plan = twinfer::kernels::planHere();
    twinfer::kernels::Plan every = *plan;
    every.choice = twinfer::kernels::kAllKinds;
    if (kernels == "on") twinfer::kernels::registerKernels(net);
    if (kernels == "all") twinfer::kernels::registerKernels(net, every);
    if (net.load_param(param.c_str()) != 0) return 3;
    if (net.load_model((param.substr(0, param.size() - 6) + ".bin").c_str()) != 0) return 3;

    Pools pools;
    runWhole(net, input, pools); // fills the pools
    mark(kBeforeRun);
    runWhole(net, input, pools);
    mark(kAfterRun);
    runLayers(net, input, pools);
}
