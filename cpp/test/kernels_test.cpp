// The layers of cpp/ncnn/kernels against sums in double over random networks of one layer, beside ncnn's own.
// Both widths of kernels run wherever AVX2 does, and as ARM has them; those for AVX-512 where it is, and
// those of NEON on ARM, where scripts/test-arm.mjs runs this under QEMU.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include <ncnn/cpu.h>
#include <ncnn/datareader.h>
#include <ncnn/layer.h>
#include <ncnn/net.h>

#include "check.h"
#include "kernels_reference.h"
#include "ncnn/kernels/convolution.h"
#include "ncnn/kernels/depthwise.h"
#include "ncnn/kernels/grouped.h"
#include "ncnn/kernels/kernels.h"
#include "ncnn/kernels/plan.h"
#include "ncnn/kernels/recurrent.h"

#if defined(__x86_64__) || defined(__aarch64__)

namespace twinfer::kernels {
extern const KernelSet kAvx2Set, kAvx512Set, kWideSet, kElementsSet, kNeonSet;
}

using namespace twinfer::kernels;
using namespace twinfer::test;

namespace {

#ifdef __x86_64__
const Plan kAvx2{kAvx2Set, kAllKinds, 8, 4, 1}, kWide{kWideSet, kAllKinds, 16, 4, 1},
    kAvx512{kAvx512Set, kAllKinds, 16, 4, 1}, kElements{kElementsSet, kAllKinds, 4, 8, 1};

std::vector<const Plan*> plansHere() {
    if (!ncnn::cpu_support_x86_avx2() || !ncnn::cpu_support_x86_fma()) return {};
    if (ncnn::cpu_support_x86_avx512()) return {&kAvx2, &kWide, &kElements, &kAvx512};
    return {&kAvx2, &kWide, &kElements};
}
const Plan& planOfNets() {
    return *planHere();
}
#else
const Plan kNeon{kNeonSet, kAllKinds, 4, 8, 1};

const Plan& planOfNets() {
    return kNeon;
}

std::vector<const Plan*> plansHere() {
    return {&kNeon};
}
#endif

constexpr double kEnoughDb = 100;
constexpr int kRounds = 600; // of each kind of convolution, for each set of kernels

ncnn::Option optionFor(int threads) {
    ncnn::Option option;
    option.num_threads = threads;
    option.use_fp16_packed = option.use_fp16_storage = option.use_fp16_arithmetic = false;
    return option;
}

// A layer with its weights, as a Net would load it.
struct Loaded {
    std::unique_ptr<ncnn::Layer> layer;
    ncnn::Option option;

    Loaded(std::unique_ptr<ncnn::Layer> it, const ncnn::ParamDict& params,
           const std::vector<ncnn::Mat>& weights, const ncnn::Option& with)
        : layer(std::move(it)), option(with) {
        CHECK(layer->load_param(params) == 0);
        CHECK(layer->load_model(ncnn::ModelBinFromMatArray(weights.data())) == 0);
        CHECK(layer->create_pipeline(option) == 0);
    }
    ~Loaded() { layer->destroy_pipeline(option); }
};

std::unique_ptr<ncnn::Layer> builtIn(const char* type) {
    return std::unique_ptr<ncnn::Layer>(ncnn::create_layer_cpu(type));
}

bool isOnKernel(const ncnn::Layer& layer) {
    return dynamic_cast<const Over&>(layer).onKernel();
}

int taken = 0, compared = 0;
double worst = 300;

void compare(const Values& truth, const Values& ours, const Values& theirs, const std::string& what) {
    const double db = sqnr(truth, ours), own = sqnr(truth, theirs);
    compared++;
    worst = std::min(worst, db);
    // ncnn's answer says that the sums in double are of the same layer.
    const bool same = own > 70;
    // Few values may all be small differences of large sums, where the order of adding decides.
    const double slack = truth.size() < 8 ? 6 : 0;
    const bool good = db >= kEnoughDb || db >= own - slack;
    char text[64];
    std::snprintf(text, sizeof text, ": %.1f dB, ncnn %.1f dB", db, own);
    twinfer::test::report(same && good, __FILE__, __LINE__, what + text);
}

template <typename T, size_t N> T oneOf(const T (&values)[N]) {
    return values[size_t(upTo(0, int(N) - 1))];
}

Window randomWindow(int kernel, int dilation, bool canBeSame) {
    Window window{kernel, dilation, upTo(1, 2), 0, 0};
    const int kind = upTo(0, 3);
    if (canBeSame && kind == 0 && window.extent() >= window.stride)
        window.before = window.after = -233 - upTo(0, 1);
    if (kind > 1) window.before = upTo(0, 2), window.after = upTo(0, 2);
    return window;
}

Activated randomActivation() {
    static const int types[] = {0, 1, 2, 3, 4, 6};
    const int type = oneOf(types);
    return {type, type == 3 ? -0.5f : type == 6 ? 1.f / 6 : 0.1f, type == 6 ? 0.5f : 0.7f};
}

void paramsOf(const Shape& s, ncnn::ParamDict& params) {
    const int taps = s.across.kernel * s.down.kernel;
    params.set(0, s.outputs);
    params.set(1, s.across.kernel);
    params.set(11, s.down.kernel);
    params.set(2, s.across.dilation);
    params.set(12, s.down.dilation);
    params.set(3, s.across.stride);
    params.set(13, s.down.stride);
    params.set(4, s.across.before);
    params.set(15, s.across.after);
    params.set(14, s.down.before);
    params.set(16, s.down.after);
    params.set(18, s.padValue);
    params.set(5, int(s.biased));
    params.set(6, s.outputs * (s.inputs / s.group) * taps);
    if (s.group > 1) params.set(7, s.group);
    params.set(9, s.activation.type);
    ncnn::Mat values(2);
    values[0] = s.activation.a;
    values[1] = s.activation.b;
    params.set(10, values);
}

std::string describe(const char* type, const Shape& s, const Plan& plan, int threads) {
    char text[256];
    std::snprintf(
        text, sizeof text,
        "%s %s: %d→%d in %d, kernel %d×%d, dilation %d, stride %d×%d, pad %d %d %d %d, input %d×%d, bias %d, "
        "activation %d, threads %d",
        type, plan.set.name, s.inputs, s.outputs, s.group, s.across.kernel, s.down.kernel, s.across.dilation,
        s.across.stride, s.down.stride, s.across.before, s.across.after, s.down.before, s.down.after, s.width,
        s.height, s.biased, s.activation.type, threads);
    return text;
}

enum class Kind { plane, sequence, depthwise, grouped, groupedSequence };
constexpr const char* kTypes[] = {"Convolution", "Convolution1D", "ConvolutionDepthWise",
                                  "ConvolutionDepthWise", "ConvolutionDepthWise1D"};

bool isSequence(Kind kind) {
    return kind == Kind::sequence || kind == Kind::groupedSequence;
}

std::unique_ptr<ncnn::Layer> ofKind(Kind kind, const Plan& plan) {
    const auto axes = isSequence(kind) ? Convolution::Kind::sequence : Convolution::Kind::plane;
    if (kind == Kind::plane || kind == Kind::sequence) return std::make_unique<Convolution>(axes, plan);
    if (kind == Kind::groupedSequence) return std::make_unique<Grouped>(axes, plan);
    return std::make_unique<Depthwise>(plan);
}

// Whole groups in a pack, or groups across packs, of other numbers of inputs and outputs.
void setGroups(Shape& s) {
    static const int whole[] = {1, 2, 4, 8, 16}, any[] = {1, 2, 3, 4, 5, 6, 8, 12, 16};
    if (upTo(0, 1) == 1) {
        const int each = oneOf(whole);
        s.group = upTo(1, 3) * std::max(1, (4 << upTo(0, 2)) / each);
        s.inputs = s.outputs = s.group * each;
    } else {
        s.group = upTo(2, 4);
        s.inputs = s.group * oneOf(any);
        s.outputs = s.group * oneOf(any);
    }
}

Shape randomShape(Kind kind) {
    static const int channels[] = {1, 2, 3, 4, 5, 8, 12, 16, 17, 24, 32, 40, 48, 64, 80, 96};
    static const int packed[] = {8, 16, 24, 32, 40, 48};
    Shape s;
    s.inputs = kind == Kind::depthwise ? oneOf(packed) : oneOf(channels);
    s.outputs = kind == Kind::depthwise ? s.inputs : oneOf(channels);
    s.group = kind == Kind::depthwise ? s.inputs : 1;
    if (kind == Kind::grouped || kind == Kind::groupedSequence) setGroups(s);
    const int across = kind == Kind::depthwise ? 3 + 2 * upTo(0, 1) : std::max(1, upTo(-2, 5));
    const int dilation = kind == Kind::depthwise ? 1 : upTo(1, 2);
    s.across = randomWindow(across, dilation, true);
    if (!isSequence(kind)) {
        const int down = kind == Kind::depthwise || upTo(0, 2) > 0 ? across : upTo(1, 3);
        s.down = randomWindow(down, dilation, false);
        if (s.across.before < 0) s.down.before = s.down.after = s.across.before;
        if (s.down.before < 0 && s.down.extent() < s.down.stride) s.down.stride = 1;
        if (upTo(0, 3) > 0) s.down.stride = std::min(s.across.stride, s.down.extent());
    }
    s.width = upTo(1, 40);
    s.height = isSequence(kind) ? 1 : upTo(1, 12);
    // The sums in double are what the test waits for.
    const double each = double(s.inputs) / s.group * s.outputs * s.across.kernel * s.down.kernel * s.width;
    while (each * s.height > 5e6 && s.height > 1) s.height /= 2;
    s.biased = upTo(0, 1) == 1;
    s.padValue = kind != Kind::depthwise && upTo(0, 3) == 0 ? 0.5f : 0.f;
    s.activation = randomActivation();
    return s;
}

void compareConvolution(Kind kind, const Plan& plan) {
    const Shape s = randomShape(kind);
    const int columns = s.across.padded(s.width).outputs(s.width),
              rows = s.down.padded(s.height).outputs(s.height);
    // One or a few values can all be small differences of large sums, which say nothing of a kernel: the same
    // columns come with more outputs, the same outputs with more columns.
    if (columns * rows * s.outputs < 8) return;
    const char* type = kTypes[int(kind)];
    const int taps = s.across.kernel * s.down.kernel, threads = upTo(1, 3);
    ncnn::ParamDict params;
    paramsOf(s, params);
    const std::vector<ncnn::Mat> weights = {filled(ncnn::Mat(s.outputs * (s.inputs / s.group) * taps)),
                                            filled(ncnn::Mat(s.outputs))};
    const ncnn::Option option = optionFor(threads);
    const Loaded ours(ofKind(kind, plan), params, weights, option),
        theirs(builtIn(type), params, weights, option);
    const ncnn::Mat input =
        filled(isSequence(kind) ? ncnn::Mat(s.width, s.inputs) : ncnn::Mat(s.width, s.height, s.inputs));
    const std::string what = describe(type, s, plan, threads);
    ncnn::Mat packed, here, top, own;
    ncnn::convert_packing(input, packed, packOf(s.inputs, plan));
    // What is not taken is ncnn's own layer, which knows no wider packs than this processor has.
    if (!dynamic_cast<const Over&>(*ours.layer).runsOnKernel(packed)) return;
    taken++;
    // A layer of ncnn's reads no other pack.
    ncnn::convert_packing(input, here, theirs.layer->support_packing ? packOf(s.inputs, *planHere()) : 1);
    twinfer::test::report(ours.layer->forward(packed, top, option) == 0, __FILE__, __LINE__, what);
    twinfer::test::report(theirs.layer->forward(here, own, option) == 0, __FILE__, __LINE__, what);
    CHECK(isOnKernel(*ours.layer));
    twinfer::test::report(top.elempack == packOf(s.outputs, plan), __FILE__, __LINE__, what + ": pack");
    compare(convolve(s, input, weights[0], weights[1]), valuesOf(top), valuesOf(own), what);
}

// 1 × 1 over a vector.
void compareVector(const Plan& plan) {
    Shape s{upTo(1, 6) * 8, upTo(1, 6) * 8, 1, {}, {}, 1, 1, true, 0, randomActivation()};
    ncnn::ParamDict params;
    paramsOf(s, params);
    const std::vector<ncnn::Mat> weights = {filled(ncnn::Mat(s.inputs * s.outputs)),
                                            filled(ncnn::Mat(s.outputs))};
    const Loaded ours(ofKind(Kind::plane, plan), params, weights, optionFor(1));
    CHECK(isOnKernel(*ours.layer));
    const ncnn::Mat input = filled(ncnn::Mat(s.inputs));
    ncnn::Mat top;
    CHECK(ours.layer->forward(input, top, ours.option) == 0 && top.dims == 1);
    CHECK(sqnr(convolve(s, input.reshape(1, 1, s.inputs), weights[0], weights[1]), valuesOf(top)) >
          kEnoughDb);
}

void compareRecurrent(Recurrent::Kind kind, const Plan& plan, bool large) {
    const bool isLstm = kind == Recurrent::Kind::lstm;
    const char* type = isLstm ? "LSTM" : "GRU";
    const int gates = isLstm ? 4 : 3, states = isLstm ? 2 : 1;
    const Recurrence r{upTo(1, 50), large ? 300 : upTo(1, 70), upTo(1, large ? 4 : 20), upTo(0, 2),
                       upTo(0, 1) == 1};
    const int count = r.direction == 2 ? 2 : 1, threads = large ? 2 : upTo(1, 3);
    ncnn::ParamDict params;
    params.set(0, r.hidden);
    params.set(1, gates * r.hidden * r.inputs * count);
    params.set(2, r.direction);
    if (isLstm) params.set(3, r.hidden);
    const std::vector<ncnn::Mat> weights = {filled(ncnn::Mat(gates * r.hidden * r.inputs * count), 0.3f),
                                            filled(ncnn::Mat(4 * r.hidden * count)),
                                            filled(ncnn::Mat(gates * r.hidden * r.hidden * count), 0.15f)};
    const ncnn::Option option = optionFor(threads);
    const Loaded ours(std::make_unique<Recurrent>(kind, plan), params, weights, option),
        theirs(builtIn(type), params, weights, option);
    CHECK(isOnKernel(*ours.layer));
    taken++;
    std::vector<ncnn::Mat> bottoms = {filled(ncnn::Mat(r.inputs, r.steps))};
    const bool oneRow = count == 1 && upTo(0, 1) == 1;
    for (int i = 0; i < states && r.hasStates; i++)
        bottoms.push_back(filled(oneRow ? ncnn::Mat(r.hidden) : ncnn::Mat(r.hidden, count)));
    std::vector<ncnn::Mat> tops(size_t(upTo(0, 1) == 1 ? 1 + states : 1)), own(tops.size());
    CHECK(ours.layer->forward(bottoms, tops, option) == 0);
    CHECK(theirs.layer->forward(bottoms, own, option) == 0);
    const std::vector<Values> truth = (isLstm ? runLstm : runGru)(r, weights, bottoms);
    char what[128];
    std::snprintf(what, sizeof what, "%s %s: %d→%d, %d steps, direction %d, states %d, threads %d", type,
                  plan.set.name, r.inputs, r.hidden, r.steps, r.direction, r.hasStates, threads);
    for (size_t i = 0; i < tops.size(); i++) {
        CHECK(tops[i].dims == own[i].dims && tops[i].w == own[i].w && tops[i].h == own[i].h);
        compare(truth[i], valuesOf(tops[i]), valuesOf(own[i]), what);
    }
}

// NaN is not taken for the nearer limit of an activation.
void keepsNaN(const Plan& plan, int type) {
    for (const Kind kind : {Kind::plane, Kind::depthwise, Kind::grouped}) {
        const int group = kind == Kind::depthwise ? 16 : kind == Kind::grouped ? 4 : 1;
        const int kernel = kind == Kind::plane ? 1 : 3;
        const Window window{kernel, 1, 1, 0, 0};
        const Shape s{16, 16, group, window, window, 12, 3, false, 0, {type, 0.5f, 0.75f}};
        ncnn::ParamDict params;
        paramsOf(s, params);
        const std::vector<ncnn::Mat> weights = {filled(ncnn::Mat(16 * 16 / group * kernel * kernel))};
        const Loaded ours(ofKind(kind, plan), params, weights, optionFor(1));
        CHECK(isOnKernel(*ours.layer));
        ncnn::Mat input(s.width, s.height, s.inputs), top;
        input.fill(__builtin_nanf(""));
        CHECK(ours.layer->forward(input, top, ours.option) == 0);
        const Values values = valuesOf(top);
        CHECK(std::all_of(values.begin(), values.end(), [](double value) { return value != value; }));
    }
}

// What is in one group stays out of the others, whatever it is.
void keepsGroupsApart(const Plan& plan) {
    static const int cases[][2] = {{4, 16}, {2, 16}, {8, 16}, {4, 32}, {2, 18}, {2, 24}};
    for (const auto& [group, outputs] : cases) {
        const Window window{3, 1, 1, 1, 1};
        const Shape s{16, outputs, group, window, window, 5, 3, false, 0, {0, 0, 0}};
        ncnn::ParamDict params;
        paramsOf(s, params);
        const std::vector<ncnn::Mat> weights = {filled(ncnn::Mat(outputs * 16 / group * 9))};
        const Loaded ours(ofKind(Kind::grouped, plan), params, weights, optionFor(1));
        const ncnn::Mat input = filled(ncnn::Mat(s.width, s.height, s.inputs));
        for (int i = 0; i < 16 / group; i++) ncnn::Mat(input.channel(i)).fill(__builtin_inff());
        ncnn::Mat top;
        CHECK(ours.layer->forward(input, top, ours.option) == 0);
        CHECK(isOnKernel(*ours.layer));
        const Values values = valuesOf(top);
        const auto isFinite = [](double value) { return std::isfinite(value); };
        const auto second = values.begin() + ptrdiff_t(values.size()) / group;
        CHECK(std::none_of(values.begin(), second, isFinite));
        CHECK(std::all_of(second, values.end(), isFinite));
    }
}

// What is asked for in another way than the kernels do it is left to ncnn.
void leavesTheRest() {
    const Shape plain{8, 8, 1, {1, 1, 1, 0, 0}, {1, 1, 1, 0, 0}, 4, 4, false, 0, {0, 0, 0}};
    const std::vector<ncnn::Mat> weights = {filled(ncnn::Mat(64)), filled(ncnn::Mat(8))};
    const auto takes = [&](const Shape& shape, const ncnn::Option& option, int extra = 0, int value = 0) {
        ncnn::ParamDict params;
        paramsOf(shape, params);
        if (extra != 0) params.set(extra, value);
        const Loaded it(ofKind(Kind::plane, *plansHere()[0]), params, weights, option);
        return isOnKernel(*it.layer);
    };
    CHECK(takes(plain, optionFor(1)));
    for (bool ncnn::Option::* field :
         {&ncnn::Option::use_winograd_convolution, &ncnn::Option::use_sgemm_convolution,
          &ncnn::Option::use_packing_layout}) {
        ncnn::Option option = optionFor(1);
        option.*field = false;
        CHECK(!takes(plain, option));
    }
#ifdef __aarch64__ // where these options are a matter of layers
    for (bool ncnn::Option::* field : {&ncnn::Option::use_fp16_storage, &ncnn::Option::use_bf16_storage}) {
        ncnn::Option option = optionFor(1);
        option.*field = true;
        CHECK(!takes(plain, option));
    }
#endif
    Shape mish = plain;
    mish.activation.type = 5;
    CHECK(!takes(mish, optionFor(1)));
    Shape same = plain; // a kernel narrower than its stride: ncnn pads by less than nothing
    same.across = {1, 1, 2, -233, -233};
    same.down = same.across;
    CHECK(!takes(same, optionFor(1)));
}

constexpr const char* kNet = R"(7767517
2 2
Input in 0 1 in
Convolution one 1 1 in out 0=16 1=3 3=2 4=1 5=1 6=1152 9=1
)";

constexpr const char* kSequenceNet = R"(7767517
2 2
Input in 0 1 in
ConvolutionDepthWise1D one 1 1 in out 0=16 1=3 4=1 5=1 6=192 7=4 9=1
)";

// A Net of one layer, with its weights in the form of a .bin.
void load(ncnn::Net& net, const char* param, const std::vector<float>& weights, bool onKernels) {
    net.opt = optionFor(1);
    // Not every kind is chosen where ncnn's own are good.
    if (onKernels) registerKernels(net, planOfNets());
    CHECK(net.load_param_mem(param) == 0);
    const auto* bytes = reinterpret_cast<const unsigned char*>(weights.data());
    CHECK(net.load_model(ncnn::DataReaderFromMemory(bytes, weights.size() * sizeof(float))) == 0);
    CHECK(layersOnKernels(net) == (onKernels ? std::vector<std::string>{"one"} : std::vector<std::string>{}));
}

// The answers of ncnn's layer and of ours to the same input.
std::vector<ncnn::Mat> runNets(const char* param, int count, const ncnn::Mat& input) {
    std::vector<float> weights = {0}; // the tag of fp32
    const ncnn::Mat random = filled(ncnn::Mat(count));
    weights.insert(weights.end(), static_cast<const float*>(random),
                   static_cast<const float*>(random) + random.w);
    std::vector<ncnn::Mat> answers(2);
    for (const bool isOurs : {false, true}) {
        ncnn::Net net;
        load(net, param, weights, isOurs);
        ncnn::Extractor extractor = net.create_extractor();
        CHECK(extractor.input("in", input) == 0);
        CHECK(extractor.extract("out", answers[isOurs]) == 0);
    }
    return answers;
}

// In a Net, where ncnn packs what a layer gets, and hands over the items of a batch one after the other.
void runsInANet() {
    ncnn::Mat batch;
    batch.create(9, 7, 8, 4u, 1, 3, nullptr);
    for (int item = 0; item < 3; item++) filled(batch.batch(item));
    const std::vector<ncnn::Mat> answers = runNets(kNet, 1152 + 16, batch);
    CHECK(answers[0].n == 3 && answers[1].n == 3);
    for (int item = 0; item < 3; item++)
        CHECK(sqnr(valuesOf(answers[0].batch(item)), valuesOf(answers[1].batch(item))) > kEnoughDb);
    // ncnn's own layer takes no packs.
    const std::vector<ncnn::Mat> sequences = runNets(kSequenceNet, 192 + 16, filled(ncnn::Mat(9, 16)));
    CHECK(sqnr(valuesOf(sequences[0]), valuesOf(sequences[1])) > kEnoughDb);
}

} // namespace

int main() {
    if (plansHere().empty()) return 0;
    for (const Plan* plan : plansHere()) {
        for (int i = 0; i < kRounds; i++) {
            compareConvolution(Kind::plane, *plan);
            compareConvolution(Kind::sequence, *plan);
            compareConvolution(Kind::depthwise, *plan);
            compareConvolution(i % 2 == 0 ? Kind::grouped : Kind::groupedSequence, *plan);
        }
        for (int i = 0; i < 20; i++) compareVector(*plan);
        for (const int type : {0, 1, 2, 3, 4, 6}) keepsNaN(*plan, type);
        keepsGroupsApart(*plan);
        for (const auto kind : {Recurrent::Kind::lstm, Recurrent::Kind::gru}) {
            for (int i = 0; i < 150; i++) compareRecurrent(kind, *plan, i < 4);
        }
    }
    leavesTheRest();
    runsInANet();
    std::printf("%d layers on kernels, %d comparisons, worst %.1f dB\n", taken, compared, worst);
    CHECK(taken > kRounds * int(plansHere().size()) * 5 / 4);
    return failures();
}

#else
int main() {
    return 0;
}
#endif
