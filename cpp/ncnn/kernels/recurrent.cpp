#include "recurrent.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace twinfer::kernels {

Recurrent::Recurrent(Kind kind, const Plan& plan)
    : Over(kind == Kind::lstm ? "LSTM" : "GRU", plan), kind_(kind) {}

bool Recurrent::read(const ncnn::ParamDict& params) {
    const int outputs = params.get(0, 0);
    weightCount_ = params.get(1, 0);
    direction_ = params.get(2, 0);
    hidden_ = kind_ == Kind::lstm ? params.get(3, outputs) : outputs;
    return params.get(8, 0) == 0 && hidden_ == outputs;
}

Over::Share Recurrent::prepare(const std::vector<ncnn::Mat>& weights) {
    const bool isChosen = kind_ == Kind::lstm ? plan().choice.lstm : plan().choice.gru;
    if (!isChosen || weights.size() != 3 || weights[0].elemsize != 4 || weights[2].elemsize != 4)
        return Share::none;
    const int count = direction_ == 2 ? 2 : 1;
    inputs_ = weightCount_ / count / hidden_ / gates();
    directions_.resize(size_t(count));
    for (int d = 0; d < count; d++) packDirection(weights, d, directions_[size_t(d)]);
    return Share::all;
}

void Recurrent::packDirection(const std::vector<ncnn::Mat>& weights, int index, Direction& direction) const {
    const int width = plan().set.width, hidden = hidden_, inputs = inputs_, each = gates(),
              rows = blocks() * each * width;
    const ncnn::Mat ofInput = weights[0].channel(index), ofHidden = weights[2].channel(index);
    const ncnn::Mat biases = weights[1].channel(index);
    // Row o of ours is hidden value `value` of gate `gate`, or one too many.
    const auto gateOf = [=](int o) { return o / width % each; };
    const auto valueOf = [=](int o) { return o / width / each * width + o % width; };
    std::vector<float> bias(size_t(rows), 0.f);
    for (int o = 0; o < rows; o++) {
        if (valueOf(o) < hidden) bias[size_t(o)] = biases.row(gateOf(o))[valueOf(o)];
    }
    direction.backwards = direction_ == 1 || index == 1;
    direction.input.pack(plan().set, rows, inputs, bias.data(), [&](int o, int i) {
        return valueOf(o) < hidden ? ofInput.row(gateOf(o) * hidden + valueOf(o))[i] : 0.f;
    });
    if (kind_ == Kind::gru) {
        direction.inner.create(blocks() * width, size_t(4));
        if (direction.inner.empty()) throw std::bad_alloc();
        direction.inner.fill(0.f);
        std::memcpy(direction.inner, biases.row(3), size_t(hidden) * sizeof(float));
    }
    direction.recurrent.create(rows * hidden, size_t(4));
    if (direction.recurrent.empty()) throw std::bad_alloc();
    float* to = direction.recurrent;
    for (int block = 0; block < blocks(); block++) {
        for (int k = 0; k < hidden; k++) {
            for (int o = block * each * width; o < (block + 1) * each * width; o++) {
                const int value = valueOf(o);
                *to++ = value < hidden ? ofHidden.row(gateOf(o) * hidden + value)[k] : 0.f;
            }
        }
    }
}

bool Recurrent::createState(State& state, int steps, ncnn::Allocator* allocator) const {
    const int values = blocks() * plan().set.width;
    state.gates.create(values * gates(), steps, size_t(4), allocator);
    for (ncnn::Mat* mat : {&state.hidden[0], &state.hidden[1], &state.cell}) {
        if (mat == &state.cell && kind_ == Kind::gru) continue;
        mat->create(values, size_t(4), allocator);
        if (mat->empty()) return false;
        mat->fill(0.f);
    }
    return !state.gates.empty();
}

int Recurrent::run(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                   const ncnn::Option& option) const {
    const ncnn::Mat& input = bottoms[0];
    const int steps = input.h, count = int(directions_.size());
    if (input.dims > 2 || input.elempack != 1 || input.elemsize != 4 || input.w != inputs_) return -1;
    const size_t states = size_t(stateBlobs());
    const bool isGiven = bottoms.size() == 1 + states, isWanted = tops.size() == 1 + states;
    const size_t bytes = size_t(hidden_) * sizeof(float);
    for (size_t i = 1; isGiven && i <= states; i++) {
        if (int(bottoms[i].total()) < hidden_ * count) return -1;
    }
    std::vector<State> directions(static_cast<size_t>(count));
    for (int d = 0; d < count; d++) {
        State& state = directions[size_t(d)];
        if (!createState(state, steps, option.workspace_allocator)) return kFailed;
        for (size_t i = 1; isGiven && i <= states; i++) {
            std::memcpy(i == 1 ? state.hidden[0] : state.cell,
                        static_cast<const float*>(bottoms[i]) + size_t(d) * hidden_, bytes);
        }
    }
    ncnn::Mat& top = tops[0];
    top.create(hidden_ * count, steps, size_t(4), option.blob_allocator);
    if (top.empty()) return kFailed;
    const int64_t work = int64_t(steps) * (input.w + hidden_) * hidden_ * gates() * count;
    if (count == 2 && plan().teamFor(work, option.num_threads) > 1) {
        // A thread for each direction: they never wait for each other.
#pragma omp parallel for num_threads(2)
        for (int d = 0; d < 2; d++)
            runDirection(directions_[size_t(d)], input, directions[size_t(d)], top, d * hidden_, 1);
    } else {
        for (int d = 0; d < count; d++)
            runDirection(directions_[size_t(d)], input, directions[size_t(d)], top, d * hidden_,
                         option.num_threads);
    }
    if (!isWanted) return 0;
    for (size_t i = 1; i <= states; i++) {
        ncnn::Mat& kept = tops[i];
        if (isGiven) {
            kept = bottoms[i].clone(option.blob_allocator);
        } else {
            kept.create(hidden_, count, size_t(4), option.blob_allocator);
        }
        if (kept.empty()) return kFailed;
        for (int d = 0; d < count; d++) {
            const State& state = directions[size_t(d)];
            std::memcpy(static_cast<float*>(kept) + size_t(d) * hidden_,
                        i == 1 ? state.hidden[state.last] : state.cell, bytes);
        }
    }
    return 0;
}

void Recurrent::runDirection(const Direction& direction, const ncnn::Mat& input, State& state, ncnn::Mat& top,
                             int column, int threads) const {
    const KernelSet& set = plan().set;
    const int steps = input.h, panels = direction.input.count(), all = blocks();
    const ptrdiff_t start = 0;
    const int inputTeam = plan().teamFor(int64_t(steps) * input.w * hidden_ * gates(), threads);
#pragma omp parallel for num_threads(inputTeam)
    for (int p = 0; p < panels; p++) {
        RowJob job;
        direction.input.fill(p, job);
        job.input = input;
        job.stride = input.w;
        job.offsets = &start;
        job.taps = 1;
        job.lanes = input.w;
        job.target = {state.gates, size_t(steps), set.width, all * gates() * set.width};
        job.column = 0;
        job.columns = steps;
        set.row(job);
    }
    const int team = std::min(plan().teamFor(int64_t(hidden_) * hidden_ * gates(), threads), all);
    for (int i = 0; i < steps; i++) {
        const int at = direction.backwards ? steps - 1 - i : i;
        RecurrentStep step;
        step.gates = state.gates;
        step.steps = size_t(steps);
        step.step = size_t(at);
        step.weights = direction.recurrent;
        step.hidden = hidden_;
        step.before = state.hidden[state.last];
        step.after = state.hidden[1 - state.last];
        step.cell = state.cell;
        step.inner = direction.inner;
#pragma omp parallel for num_threads(team)
        for (int part = 0; part < team; part++) {
            RecurrentStep mine = step;
            mine.fromBlock = all * part / team;
            mine.toBlock = all * (part + 1) / team;
            kind_ == Kind::lstm ? set.lstm(mine) : set.gru(mine);
        }
        state.last = 1 - state.last;
        std::memcpy(top.row(at) + column, state.hidden[state.last], size_t(hidden_) * sizeof(float));
    }
}

} // namespace twinfer::kernels
