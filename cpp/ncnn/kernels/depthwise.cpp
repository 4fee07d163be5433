#include "depthwise.h"

#include <algorithm>

namespace twinfer::kernels {

namespace {

constexpr size_t kMostCopied = 4096; // floats: they stay in the first-level cache

// Lets the job read a copy of its plane with zeros around.
void pad(DepthwiseJob& job, int right, int bottom, float* copy) {
    const size_t width = size_t(job.left + job.width + right) * job.pack, row = size_t(job.width) * job.pack;
    const size_t before = size_t(job.left) * job.pack;
    float* to = std::fill_n(copy, width * job.top, 0.f);
    for (int y = 0; y < job.height; y++) {
        to = std::fill_n(to, before, 0.f);
        to = std::copy_n(job.input + y * row, row, to);
        to = std::fill_n(to, width - before - row, 0.f);
    }
    std::fill_n(to, width * bottom, 0.f);
    job.input = copy;
    job.width += job.left + right;
    job.height += job.top + bottom;
    job.left = job.top = 0;
}

} // namespace

Depthwise::Depthwise(const Plan& plan) : Grouped(Kind::plane, plan) {}

bool Depthwise::hasOwnKernel() const {
    const auto isStepped = [](const Window& it) {
        return it.dilation == 1 && (it.stride == 1 || it.stride == 2);
    };
    return inputsEach() == 1 && outputsEach() == 1 && outputs_ % 8 == 0 && padValue_ == 0 &&
           isStepped(across_) && isStepped(down_) && across_.kernel == down_.kernel &&
           (across_.kernel == 3 || across_.kernel == 5);
}

Over::Share Depthwise::choose() const {
    if (!hasOwnKernel()) return Grouped::choose();
    const Choice& choice = plan().choice;
    return (across_.kernel == 3 ? choice.depthwise3 : choice.depthwise5) ? Share::all : Share::none;
}

int Depthwise::run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                   const ncnn::Option& option) const {
    if (!hasOwnKernel()) return Grouped::run(bottoms, tops, option);
    if (bottoms[0].elembits() != 32) return -1;
    const int pack = packOf(outputs_, plan());
    const ncnn::Mat input = packedBy(pack, bottoms[0], scratchOf(option));
    if (input.empty()) return kFailed;
    if (input.dims != 3 || input.c * pack != outputs_) return -1;
    const Window across = across_.padded(input.w), down = down_.padded(input.h);
    const int columns = across.outputs(input.w), rows = down.outputs(input.h), packs = input.c;
    if (columns <= 0 || rows <= 0) return -1;
    ncnn::Mat& top = tops[0];
    top.create(columns, rows, packs, size_t(4) * pack, pack, option.blob_allocator);
    if (top.empty()) return kFailed;
    // Where many columns are at an edge, a padded copy costs less than to ask for each tap.
    const size_t padded = size_t(input.w + across.before + across.after) *
                          size_t(input.h + down.before + down.after) * size_t(pack);
    const bool isCopied =
        (across.before + across.after) * plan().columnsToCopy >= columns && padded <= kMostCopied;
    const int threads = plan().teamFor(int64_t(rows) * columns * outputs_ * taps(), option.num_threads);
    const int pieces = packs % threads != 0 ? threads : 1, jobs = packs * pieces;
#pragma omp parallel for num_threads(threads)
    for (int j = 0; j < jobs; j++) {
        const int channel = j / pieces, piece = j % pieces;
        DepthwiseJob job;
        job.input = input.channel(channel);
        job.output = top.channel(channel);
        job.width = input.w;
        job.height = input.h;
        job.outputWidth = columns;
        job.kernel = across.kernel;
        job.stride = across.stride;
        job.strideDown = down.stride;
        job.left = across.before;
        job.top = down.before;
        job.pack = pack;
        job.weights = weightsOf(channel);
        job.bias = biasOf(channel);
        job.activation = activation_;
        job.fromRow = rows * piece / pieces;
        job.toRow = rows * (piece + 1) / pieces;
        alignas(64) float copy[kMostCopied];
        if (isCopied) pad(job, across.after, down.after, copy);
        plan().set.depthwise(job);
    }
    return 0;
}

} // namespace twinfer::kernels
