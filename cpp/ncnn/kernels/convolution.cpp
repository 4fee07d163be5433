#include "convolution.h"

#include <algorithm>
#include <numeric>

namespace twinfer::kernels {

namespace {

// Of the input, so that it is still in the second-level cache when the next panel reads it.
constexpr size_t kChunkBytes = 128 * 1024;

} // namespace

Convolution::Convolution(Kind kind, const Plan& plan)
    : Convolution(kind == Kind::sequence ? "Convolution1D" : "Convolution", kind, plan) {}

Convolution::Convolution(const char* type, Kind kind, const Plan& plan) : Over(type, plan), kind_(kind) {}

bool Convolution::read(const ncnn::ParamDict& params) {
    outputs_ = params.get(0, 0);
    across_ = readAcross(params);
    if (kind_ == Kind::plane) down_ = readDown(params);
    biased_ = params.get(5, 0) != 0;
    weightCount_ = params.get(6, 0);
    padValue_ = params.get(18, 0.f);
    const bool int8 = kind_ == Kind::plane && params.get(8, 0) != 0;
    const bool dynamic = params.get(19, 0) != 0;
    // ncnn pads both axes as asked for, or both as needed.
    const bool sameWay = kind_ == Kind::sequence || (across_.before < 0) == (down_.before < 0);
    return readActivation(params, activation_) && !int8 && !dynamic && sameWay && across_.isKnown() &&
           down_.isKnown();
}

bool Convolution::isOfOneInput() const {
    const auto isPlain = [&](const Window& it) {
        return it.kernel == across_.kernel && it.dilation == 1 && it.stride == 1;
    };
    return inputs_ == 1 && (across_.kernel == 3 || across_.kernel == 5) && isPlain(across_) &&
           isPlain(down_) && outputs_ % plan().set.width == 0;
}

Over::Share Convolution::choose() const {
    const Choice& choice = plan().choice;
    const auto always = [](bool isFaster) { return isFaster ? Share::all : Share::none; };
    if (kind_ == Kind::sequence) return always(choice.sequence);
    if (inputs_ <= 4) return always(choice.fewInputs || (choice.oneInput && isOfOneInput()));
    if (across_.kernel == 1 && down_.kernel == 1) return always(choice.pointwise && outputs_ % 8 == 0);
    if (across_.kernel != 3 || down_.kernel != 3)
        return always(choice.otherSizes && packOf(inputs_, plan()) > 1);
    if (across_.stride == 2) return always(choice.strided);
    return choice.small && isWinograds() ? Share::some : Share::none;
}

bool Convolution::isWinograds() const {
    const auto isIts = [](const Window& it) { return it.kernel == 3 && it.stride == 1 && it.dilation == 1; };
    return isIts(across_) && isIts(down_);
}

// ncnn's Winograd needs fewer multiplications, but seven times the weights, each for few tiles of a small
// plane.
bool Convolution::takes(const ncnn::Mat& bottom) const {
    if (bottom.dims != 3) return false;
    const int columns = across_.padded(bottom.w).outputs(bottom.w);
    return columns * down_.padded(bottom.h).outputs(bottom.h) <= mostPixels();
}

Over::Share Convolution::prepare(const std::vector<ncnn::Mat>& weights) {
    inputs_ = weightCount_ / outputs_ / taps() * groups_;
    const Share share = choose();
    if (weights.size() < (biased_ ? 2u : 1u) || weights[0].elemsize != 4 || share == Share::none)
        return Share::none;
    pack(weights[0], biased_ ? static_cast<const float*>(weights[1]) : nullptr);
    return share;
}

void Convolution::pack(const float* weights, const float* bias) {
    const int inputs = inputsEach(), outputs = outputsEach(), all = taps();
    const int lanes = lanes_ = std::gcd(inputs, packOf(inputs_, plan()));
    panels_.resize(size_t(groups_));
    for (int group = 0; group < groups_; group++) {
        const int first = group * outputs;
        panels_[size_t(group)].pack(plan().set, outputs, inputs * all, bias ? bias + first : nullptr,
                                    [=](int output, int step) {
                                        const int lane = step % lanes, tap = step / lanes % all,
                                                  input = step / lanes / all * lanes + lane;
                                        return weights[(size_t(first + output) * inputs + input) * all + tap];
                                    });
    }
}

int Convolution::run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                     const ncnn::Option& option) const {
    if (bottoms[0].elembits() != 32) return -1;
    const int pack = packOf(inputs_, plan()), outputPack = packOf(outputs_, plan());
    const ncnn::Option scratch = scratchOf(option);
    ncnn::Mat input = packedBy(pack, bottoms[0], scratch);
    if (input.empty()) return kFailed;
    const size_t outputBytes = size_t(4) * outputPack;
    ncnn::Mat& top = tops[0];
    if (kind_ == Kind::plane && input.dims == 1) {
        // ncnn answers a vector as if its elements were channels of one pixel.
        if (input.w * pack != inputs_ || taps() != 1) return -1;
        top.create(outputs_ / outputPack, outputBytes, outputPack, option.blob_allocator);
        if (top.empty()) return kFailed;
        compute(input, {1, input.w, 1, 1, 1}, {top, 1, outputPack, outputs_}, option.num_threads);
        return 0;
    }
    const bool isPlane = kind_ == Kind::plane;
    const int blocks = isPlane ? input.c : input.h;
    if (input.dims != (isPlane ? 3 : 2) || blocks * pack != inputs_) return -1;
    const Window across = across_.padded(input.w), down = isPlane ? down_.padded(input.h) : down_;
    const int columns = across.outputs(input.w), rows = isPlane ? down.outputs(input.h) : 1;
    if (columns <= 0 || rows <= 0) return -1;
    if (across.before + across.after + down.before + down.after > 0) {
        ncnn::Mat padded;
        ncnn::copy_make_border(input, padded, down.before, down.after, across.before, across.after,
                               ncnn::BORDER_CONSTANT, padValue_, scratch);
        input = packedBy(pack, padded, scratch);
        if (input.empty()) return kFailed;
    }
    if (isPlane) {
        top.create(columns, rows, outputs_ / outputPack, outputBytes, outputPack, option.blob_allocator);
    } else {
        top.create(columns, outputs_ / outputPack, outputBytes, outputPack, option.blob_allocator);
    }
    if (top.empty()) return kFailed;
    compute(input, {input.w, blocks, columns, rows, isPlane ? input.cstep : size_t(input.w)},
            {top, isPlane ? top.cstep : size_t(columns), outputPack, outputs_}, option.num_threads);
    return 0;
}

// Of a group that starts with this channel: from the pack that it lies in on.
std::vector<ptrdiff_t> Convolution::offsetsFrom(int channel, const Sizes& sizes) const {
    const int pack = packOf(inputs_, plan());
    std::vector<ptrdiff_t> offsets;
    offsets.reserve(size_t(inputsEach() / lanes_) * taps());
    for (int i = channel % pack; i < channel % pack + inputsEach(); i += lanes_) {
        for (int y = 0; y < down_.kernel; y++) {
            for (int x = 0; x < across_.kernel; x++) {
                const ptrdiff_t pixel = ptrdiff_t(y) * down_.dilation * sizes.width + x * across_.dilation;
                offsets.push_back((ptrdiff_t(i / pack * sizes.blockStep) + pixel) * pack + i % pack);
            }
        }
    }
    return offsets;
}

void Convolution::compute(const ncnn::Mat& input, const Sizes& sizes, const Target& target,
                          int mostThreads) const {
    const int pack = input.elempack;
    // Groups that start with the same lane of a pack read alike.
    const int starts = std::min(groups_, pack / lanes_);
    std::vector<std::vector<ptrdiff_t>> offsets;
    for (int i = 0; i < starts; i++) offsets.push_back(offsetsFrom(i * inputsEach(), sizes));
    int rows = sizes.rows, columns = sizes.columns;
    if (isPointwise()) { // one long row
        columns *= rows;
        rows = 1;
    }
    const int panels = panels_[0].count(), wide = panels * groups_;
    const int threads =
        plan().teamFor(int64_t(rows) * columns * outputs_ * inputsEach() * taps(), mostThreads);
    // A row alone is cut where it is long, and where there are not as many panels as threads.
    int pieces = 1;
    if (rows == 1) {
        const size_t bytes = size_t(columns) * across_.stride * inputsEach() * sizeof(float);
        pieces = int(bytes / kChunkBytes) + 1;
        if (wide % threads != 0) pieces = (pieces + threads - 1) / threads * threads;
        pieces = std::min(pieces, columns);
    }
    const int each = panels * rows * pieces, jobs = groups_ * each;
#pragma omp parallel for num_threads(threads)
    for (int all = 0; all < jobs; all++) {
        const int group = all / each, j = all % each;
        // A cut row's panels read the same piece one after the other; of several rows each panel takes all.
        const int panel = rows == 1 ? j % panels : j / rows, y = rows == 1 ? 0 : j % rows;
        const int piece = rows == 1 ? j / panels : 0;
        const int from = int(int64_t(columns) * piece / pieces),
                  to = int(int64_t(columns) * (piece + 1) / pieces);
        const int firstInput = group * inputsEach(), firstOutput = group * outputsEach();
        const std::vector<ptrdiff_t>& taken = offsets[size_t(group % starts)];
        RowJob job;
        panels_[size_t(group)].fill(panel, job);
        job.input = static_cast<const float*>(input) +
                    (ptrdiff_t(firstInput / pack * sizes.blockStep) +
                     ptrdiff_t(y) * down_.stride * sizes.width + ptrdiff_t(from) * across_.stride) *
                        pack;
        job.stride = ptrdiff_t(across_.stride) * pack;
        job.offsets = taken.data();
        job.taps = int(taken.size());
        job.lanes = lanes_;
        job.activation = activation_;
        job.target = target;
        job.target.data += size_t(firstOutput / target.pack) * target.step * target.pack;
        job.target.from = firstOutput % target.pack;
        job.target.channels = outputsEach();
        job.column = ptrdiff_t(y) * sizes.columns + from;
        job.columns = to - from;
        plan().set.row(job);
    }
}

} // namespace twinfer::kernels
