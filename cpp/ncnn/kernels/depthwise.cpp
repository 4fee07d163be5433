#include "depthwise.h"

#include <new>

namespace twinfer::kernels {

Depthwise::Depthwise(const Plan& plan) : Over("ConvolutionDepthWise", plan) {}

bool Depthwise::read(const ncnn::ParamDict& params) {
    channels_ = params.get(0, 0);
    across_ = readAcross(params);
    down_ = readDown(params);
    biased_ = params.get(5, 0) != 0;
    const bool oneFilterEach =
        params.get(7, 1) == channels_ && params.get(6, 0) == channels_ * across_.kernel * down_.kernel;
    const bool plain = params.get(8, 0) == 0 && params.get(19, 0) == 0 && params.get(18, 0.f) == 0;
    const auto isStepped = [](const Window& it) {
        return it.dilation == 1 && (it.stride == 1 || it.stride == 2) && it.isKnown();
    };
    return readActivation(params, activation_) && oneFilterEach && plain && isStepped(across_) &&
           isStepped(down_) && across_.kernel == down_.kernel &&
           (across_.kernel == 3 || across_.kernel == 5) && (across_.before < 0) == (down_.before < 0);
}

bool Depthwise::prepare(const std::vector<ncnn::Mat>& weights) {
    const Choice& choice = plan().choice;
    if (!(across_.kernel == 3 ? choice.depthwise3 : choice.depthwise5) || channels_ % 8 != 0) return false;
    if (weights.size() < (biased_ ? 2u : 1u) || weights[0].elemsize != 4) return false;
    const int pack = packOf(channels_, plan()), taps = across_.kernel * across_.kernel;
    weights_.create(channels_ * taps, size_t(4));
    bias_.create(channels_, size_t(4));
    if (weights_.empty() || bias_.empty()) throw std::bad_alloc();
    const float* from = weights[0];
    float* to = weights_;
    for (int first = 0; first < channels_; first += pack) {
        for (int tap = 0; tap < taps; tap++) {
            for (int lane = 0; lane < pack; lane++) *to++ = from[size_t(first + lane) * taps + tap];
        }
    }
    for (int c = 0; c < channels_; c++)
        bias_[size_t(c)] = biased_ ? static_cast<const float*>(weights[1])[c] : 0.f;
    return true;
}

int Depthwise::run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                   const ncnn::Option& option) const {
    if (bottoms[0].elembits() != 32) return -1;
    const int pack = packOf(channels_, plan()), taps = across_.kernel * across_.kernel;
    const ncnn::Option scratch = scratchOf(option);
    ncnn::Mat input = packedBy(pack, bottoms[0], scratch);
    if (input.empty()) return kFailed;
    if (input.dims != 3 || input.c * pack != channels_) return -1;
    Window across = across_.padded(input.w), down = down_.padded(input.h);
    const int columns = across.outputs(input.w), rows = down.outputs(input.h), packs = input.c;
    if (columns <= 0 || rows <= 0) return -1;
    // Where many columns are at an edge, a padded copy costs less than to ask for each tap.
    if ((across.before + across.after) * 4 >= columns) {
        ncnn::Mat padded;
        ncnn::copy_make_border(input, padded, down.before, down.after, across.before, across.after,
                               ncnn::BORDER_CONSTANT, 0.f, scratch);
        input = packedBy(pack, padded, scratch);
        if (input.empty()) return kFailed;
        across.before = down.before = 0;
    }
    ncnn::Mat& top = tops[0];
    top.create(columns, rows, packs, size_t(4) * pack, pack, option.blob_allocator);
    if (top.empty()) return kFailed;
    const int threads = plan().teamFor(int64_t(rows) * columns * channels_ * taps, option.num_threads);
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
        job.weights = static_cast<const float*>(weights_) + size_t(channel) * taps * pack;
        job.bias = static_cast<const float*>(bias_) + channel * pack;
        job.activation = activation_;
        job.fromRow = rows * piece / pieces;
        job.toRow = rows * (piece + 1) / pieces;
        plan().set.depthwise(job);
    }
    return 0;
}

} // namespace twinfer::kernels
