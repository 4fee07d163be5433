#include "grouped.h"

#include <algorithm>
#include <new>

namespace twinfer::kernels {

Grouped::Grouped(Kind kind, const Plan& plan)
    : Convolution(kind == Kind::sequence ? "ConvolutionDepthWise1D" : "ConvolutionDepthWise", kind, plan) {}

bool Grouped::read(const ncnn::ParamDict& params) {
    groups_ = params.get(7, 1);
    return Convolution::read(params);
}

bool Grouped::isWithinPacks() const {
    const int pack = packOf(inputs_, plan());
    return inputs_ == outputs_ && pack > 1 && pack % inputsEach() == 0;
}

int Grouped::neighbours() const {
    return across_.kernel == 3 && across_.dilation == 1 && across_.stride <= 2 && inputsEach() > 1 ? 3 : 1;
}

Over::Share Grouped::choose() const {
    const Choice& choice = plan().choice;
    if (kind() == Kind::sequence) return choice.groupedSequence ? Share::all : Share::none;
    if (!choice.grouped || !(isWithinPacks() || plan().groupsAcrossPacks)) return Share::none;
    if (inputsEach() == 1 && outputsEach() == 1) {
        // ncnn's kernels for these: 3 × 3 and 5 × 5 of packs of four, anything of single channels.
        const bool isCommon = across_.kernel == down_.kernel &&
                              (across_.kernel == 3 || across_.kernel == 5) && across_.stride <= 2 &&
                              across_.dilation == 1;
        return isWithinPacks() && !isCommon ? Share::all : Share::none;
    }
    // Most of a vector would be computed for nothing, where ncnn reads whole packs.
    if (!isWithinPacks() && 2 * outputsEach() < plan().set.width && inputsEach() % 4 == 0) return Share::none;
    // ncnn itself has no Winograd for eight channels and less.
    const bool isTheirs = !isWithinPacks() && isWinograds() && std::max(inputsEach(), outputsEach()) > 8;
    return isTheirs ? Share::some : Share::all;
}

void Grouped::pack(const float* weights, const float* bias) {
    // ncnn's own layer of a sequence takes no packs.
    support_packing = true;
    if (!isWithinPacks()) return Convolution::pack(weights, bias);
    const int pack = packOf(inputs_, plan()), inputs = inputsEach(), wide = neighbours(), all = taps();
    weights_.create(outputs_ * inputs * all, size_t(4));
    bias_.create(outputs_, size_t(4));
    if (weights_.empty() || bias_.empty()) throw std::bad_alloc();
    for (int o = 0; o < outputs_; o++) bias_[size_t(o)] = bias != nullptr ? bias[o] : 0.f;
    float* to = weights_;
    for (int first = 0; first < outputs_; first += pack) {
        for (int tap = 0; tap < all; tap += wide) {
            for (int input = 0; input < inputs; input++) {
                for (int x = 0; x < wide; x++) {
                    for (int o = first; o < first + pack; o++)
                        *to++ = weights[(size_t(o) * inputs + input) * all + tap + x];
                }
            }
        }
    }
}

const float* Grouped::weightsOf(int pack) const {
    const size_t each = size_t(packOf(outputs_, plan())) * inputsEach() * taps();
    return static_cast<const float*>(weights_) + pack * each;
}

const float* Grouped::biasOf(int pack) const {
    return static_cast<const float*>(bias_) + pack * packOf(outputs_, plan());
}

void Grouped::compute(const ncnn::Mat& input, const Sizes& sizes, const Target& target,
                      int mostThreads) const {
    if (weights_.empty()) return Convolution::compute(input, sizes, target, mostThreads);
    const int pack = input.elempack, wide = neighbours(), packs = outputs_ / pack;
    std::vector<ptrdiff_t> offsets;
    for (int y = 0; y < down_.kernel; y++) {
        for (int x = 0; x < across_.kernel; x += wide)
            offsets.push_back((ptrdiff_t(y) * down_.dilation * sizes.width + x * across_.dilation) * pack);
    }
    const bool isOneRow = isPointwise();
    const int columns = isOneRow ? sizes.columns * sizes.rows : sizes.columns,
              rows = isOneRow ? 1 : sizes.rows;
    const int threads =
        plan().teamFor(int64_t(rows) * columns * outputs_ * inputsEach() * taps(), mostThreads);
    const int pieces = packs % threads != 0 ? threads : 1, jobs = packs * pieces;
#pragma omp parallel for num_threads(threads)
    for (int j = 0; j < jobs; j++) {
        const int block = j / pieces, piece = j % pieces;
        GroupsJob job;
        job.input = static_cast<const float*>(input) + size_t(block) * sizes.blockStep * pack;
        job.output = target.data + size_t(block) * target.step * pack;
        job.stride = ptrdiff_t(across_.stride) * pack;
        job.strideDown = ptrdiff_t(down_.stride) * sizes.width * pack;
        job.offsets = offsets.data();
        job.taps = int(offsets.size());
        job.kernel = wide;
        job.pack = pack;
        job.group = inputsEach();
        job.weights = weightsOf(block);
        job.bias = biasOf(block);
        job.activation = activation_;
        job.columns = columns;
        job.fromRow = rows * piece / pieces;
        job.toRow = rows * (piece + 1) / pieces;
        plan().set.groups(job);
    }
}

} // namespace twinfer::kernels
