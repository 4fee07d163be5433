#include "ncnn_runner.h"

#include <algorithm>
#include <numeric>

#include "../error.h"
#include "../format/ncnn/open_shapes.h"
#include "../format/ncnn/shape_check.h"
#include "../openmp/parallel.h"
#include "../runner/find_output.h"
#include "borrowed_mat.h"
#include "choose_threads.h"
#include "effective_ncnn.h"

namespace twinfer {

namespace {

// An output in a block of more times its size is copied out: JavaScript holds what it is given until the
// garbage collector comes, and the next run would have to get a block like it anew, page by page.
constexpr size_t kMostSpace = 2;

// As ShapeContext::requireMemory has it for a blob: no network makes 256 MiB out of a thousandth of it, and
// a batch of one that makes less for each item may.
void requireModest(const std::vector<ncnn::Mat>& mats, int items, const std::vector<InputView>& inputs) {
    constexpr double kUnsuspicious = double(1 << 28), kMostGrowth = 1024;
    double made = 0, given = 0;
    for (const ncnn::Mat& mat : mats) made += double(mat.total() * mat.elemsize) * items;
    for (const InputView& input : inputs) given += double(input.bytes);
    if (made <= kUnsuspicious || made <= kMostGrowth * given) return;
    throw Error(
        "TWINFER_SHAPE_MISMATCH",
        "expected outputs of at most 1024 times the inputs, received " + std::to_string(int64_t(made)) +
            " bytes of " + std::to_string(int64_t(given)) + " in a batch of " + std::to_string(items),
        "Either the input has another shape than the model was converted for, or the .param is damaged.");
}

// The part of an input that belongs to one item of the batch.
InputView itemOf(const InputView& input, const Shape& dimensions, bool batched, int item) {
    if (!batched) return {input.data, input.bytes, input.dtype, dimensions};
    const size_t bytes = size_t(elementsOf(dimensions)) * bytesOf(input.dtype);
    if (bytes * size_t(item + 1) > input.bytes)
        throw Error("TWINFER_LENGTH_MISMATCH", "expected " + std::to_string(bytes * size_t(item + 1)) +
                                                   " bytes for item " + std::to_string(item) +
                                                   " of the batch, received " + std::to_string(input.bytes));
    return {static_cast<const char*>(input.data) + bytes * size_t(item), bytes, input.dtype, dimensions};
}

// These do not look whether their output has memory (ncnn 20261020, glu.cpp and statisticspooling.cpp), and
// write to it. A network that has one is not refused any on the way; what it took is found out at the end.
bool looksAtMemory(const ParamFile& file) {
    return std::none_of(file.layers.begin(), file.layers.end(), [](const ParamLayer& layer) {
        return layer.type == "GLU" || layer.type == "StatisticsPooling";
    });
}

BlobShape blobShapeOf(const ncnn::Mat& mat) {
    if (mat.empty()) return {};
    return {mat.dims, mat.w, mat.h, mat.d, int64_t(mat.c) * (mat.dims > 2 ? mat.elempack : 1)};
}

// A pool that counts for a run, as long as this lives.
class Watched {
  public:
    Watched(BlobPool& pool, RunWatch& watch, bool refuses) : pool_(pool) { pool_.watch(&watch, refuses); }
    ~Watched() { pool_.watch(nullptr, false); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

  private:
    BlobPool& pool_;
};

} // namespace

NcnnRunner::NcnnRunner(std::unique_ptr<Network> network, const RunnerOptions& options, ThreadChoice threads,
                       int cores)
    : network_(std::move(network)), detectors_(network_->param()), options_(options), cores_(cores),
      refusesBlobs_(looksAtMemory(network_->param())), threads_(std::move(threads)) {
    specs_ = inputSpecs(*network_, options.inputShapes);
    for (const InputSpec& spec : specs_) inputs_.push_back(spec.tensor);
    for (size_t blob = 0; blob < network_->param().blobs.size(); blob++)
        facts_.push_back(factsOf(*network_, detectors_, int(blob)));
    for (const int blob : network_->outputBlobs()) {
        const BlobFacts& facts = facts_[size_t(blob)];
        outputs_.push_back({facts.name, false, {}, facts.dtype, Layout::NCHW});
    }
}

Effective NcnnRunner::effective() const {
    Effective effective = describeNcnn(*network_, options_);
    const std::lock_guard<std::mutex> lock(mutex_);
    effective.threads = threads_.threads;
    effective.threadsReason = threads_.reason;
    effective.notes.insert(effective.notes.end(), lastReading_.notes.begin(), lastReading_.notes.end());
    return effective;
}

int NcnnRunner::findOutput(const std::string& name) const {
    return twinfer::findOutput(outputs_, network_->param().blobs, name);
}

int NcnnRunner::blobOf(int output) const {
    const size_t index = size_t(output), count = outputs_.size(), blobs = network_->param().blobs.size();
    if (output >= 0 && index < count) return network_->outputBlobs()[index];
    if (output >= 0 && index < count + blobs) return int(index - count);
    throw Error("TWINFER_UNKNOWN_OUTPUT",
                "expected the index of an output, received " + std::to_string(output));
}

std::vector<size_t> NcnnRunner::extractionOrder(const std::vector<int>& outputs) const {
    std::vector<size_t> order(outputs.size());
    std::iota(order.begin(), order.end(), size_t(0));
    const auto isBetween = [this](int output) { return size_t(output) >= outputs_.size(); };
    if (std::none_of(outputs.begin(), outputs.end(), isBetween)) return order;
    const std::vector<ncnn::Blob>& blobs = network_->blobs();
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return blobs[size_t(blobOf(outputs[a]))].producer < blobs[size_t(blobOf(outputs[b]))].producer;
    });
    return order;
}

RunResult NcnnRunner::run(const RunRequest& request) {
    std::unique_ptr<Lane> lane = takeLane();
    RunResult result = runIn(*lane, request);
    giveBack(std::move(lane)); // a run that failed leaves its blocks to no other
    return result;
}

std::unique_ptr<NcnnRunner::Lane> NcnnRunner::takeLane() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) return std::make_unique<Lane>();
    std::unique_ptr<Lane> lane = std::move(free_.back());
    free_.pop_back();
    return lane;
}

void NcnnRunner::giveBack(std::unique_ptr<Lane> lane) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(lane));
}

RunResult NcnnRunner::runIn(Lane& lane, const RunRequest& request) {
    const auto [reading, threads] = readingOf(request);
    const openmp::ThreadLimit limit(threads);
    RunWatch watch(options_.limits, request.cancelled);
    lane.watch = &watch;
    const Watched blobs(*lane.blobs, watch, refusesBlobs_), workspace(lane.workspace, watch, false);
    RunResult result;
    result.inputCopied.assign(request.inputs.size(), false);
    // By output, then by item.
    std::vector<std::vector<ncnn::Mat>> outputs(request.outputs.size());
    for (int item = 0; item < reading.items; item++) {
        const std::vector<ncnn::Mat> mats = runItem(lane, request, reading, item, result.inputCopied);
        if (item == 0 && reading.items > 1) requireModest(mats, reading.items, request.inputs);
        for (size_t i = 0; i < mats.size(); i++) outputs[i].push_back(mats[i]);
    }
    result.outputs.reserve(request.outputs.size());
    for (size_t i = 0; i < request.outputs.size(); i++) {
        const BlobFacts& blob = facts_[size_t(blobOf(request.outputs[i]))];
        const Destination* destination = request.destinations.empty() ? nullptr : &request.destinations[i];
        if (reading.items > 1) {
            result.outputs.push_back(stack(outputs[i], destination, blob));
            continue;
        }
        ncnn::Mat& mat = outputs[i][0];
        const bool isSpacious = lane.blobs->sizeOf(mat.data) > kMostSpace * (mat.total() * mat.elemsize);
        result.outputs.push_back(
            toOutput(std::move(mat), isSpacious ? nullptr : lane.blobs, destination, blob));
    }
    return result;
}

std::vector<ncnn::Mat> NcnnRunner::runItem(Lane& lane, const RunRequest& request, const InputReading& reading,
                                           int item, std::vector<bool>& copied) const {
    // Declared before the Extractor: every Mat made from an input counts its references here.
    std::vector<int> references(request.inputs.size());
    ncnn::Extractor extractor = network_->createExtractor();
    extractor.set_blob_allocator(lane.blobs.get());
    if (network_->option().use_local_pool_allocator) extractor.set_workspace_allocator(&lane.workspace);
    for (size_t i = 0; i < request.inputs.size(); i++) {
        const InputView input = itemOf(request.inputs[i], reading.dimensions[i], reading.batched[i], item);
        bool wasCopied = false;
        const ncnn::Mat mat = borrowMat(input, reading.dimensions[i], references[i], wasCopied);
        copied[i] = copied[i] || wasCopied;
        if (extractor.input(network_->inputBlobs()[i], mat) != 0) {
            throw Error("TWINFER_ENGINE_FAILED", "ncnn refused input '" + inputs_[i].name + "'");
        }
    }
    std::vector<ncnn::Mat> outputs(request.outputs.size());
    std::map<int, bool> foundNothing;
    if (reading.open) settle(extractor, *lane.watch, request, reading, foundNothing);
    for (const size_t i : extractionOrder(request.outputs)) {
        const ncnn::Mat mat = extract(extractor, *lane.watch, blobOf(request.outputs[i]), foundNothing);
        // Reshape, Flatten and others pass their input through: this would be the caller's array.
        const bool borrowed =
            mat.refcount >= references.data() && mat.refcount < references.data() + references.size();
        outputs[i] = borrowed ? mat.clone(lane.blobs.get()) : mat;
        if (!outputs[i].empty() || mat.empty()) continue;
        if (lane.watch->stopped())
            lane.watch->refuse("output '" + network_->param().blobs[size_t(blobOf(request.outputs[i]))] +
                               "'");
        throw std::bad_alloc();
    }
    return outputs;
}

void NcnnRunner::settle(ncnn::Extractor& extractor, RunWatch& watch, const RunRequest& request,
                        const InputReading& reading, std::map<int, bool>& foundNothing) const {
    std::vector<int> wanted;
    for (const int output : request.outputs) wanted.push_back(blobOf(output));
    OpenShapes open(network_->param(), shapesOf(reading), wanted);
    while (const std::optional<int> blob = open.next())
        open.settle(*blob, blobShapeOf(extract(extractor, watch, *blob, foundNothing)));
}

// An empty Mat for nothing found, here or in a detector before. Detectors are asked once: light mode gives
// their blobs back when they have been read.
ncnn::Mat NcnnRunner::extract(ncnn::Extractor& extractor, RunWatch& watch, int blob,
                              std::map<int, bool>& foundNothing) const {
    for (const int detector : detectors_.before(blob)) {
        if (foundNothing.count(detector) == 0) extract(extractor, watch, detector, foundNothing);
        if (foundNothing[detector]) return {};
    }
    ncnn::Mat mat;
    const int failed = extractor.extract(blob, mat);
    // A layer that did not look at what it was refused may say that all is well, and one that works in place
    // asks for no memory, so that nobody looked at the time.
    if (!watch.goesOn()) watch.refuse("output '" + network_->param().blobs[size_t(blob)] + "'");
    if (failed != 0) {
        throw Error("TWINFER_ENGINE_FAILED", "ncnn could not compute output '" +
                                                 network_->param().blobs[blob] + "' (" +
                                                 std::to_string(failed) + ")");
    }
    foundNothing[blob] = detectors_.foundNothing(blob, mat);
    return foundNothing[blob] ? ncnn::Mat() : mat;
}

std::pair<InputReading, int> NcnnRunner::readingOf(const RunRequest& request) {
    for (size_t i = 0; i < inputs_.size(); i++) checkInputMemory(inputs_[i], request.inputs[i]);
    const auto sameShape = [](const Shape& shape, const InputView& input) { return shape == input.shape; };
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!lastShapes_.empty() && std::equal(lastShapes_.begin(), lastShapes_.end(), request.inputs.begin(),
                                               request.inputs.end(), sameShape)) {
            return {lastReading_, threads_.threads};
        }
    }
    InputReading reading = readInputs(*network_, specs_, request.inputs);
    reading.open = hasOpenShapes(network_->param(), shapesOf(reading));
    requireWithinLimits(reading);
    ThreadChoice threads{};
    if (cores_ > 0) threads = threadsFor(reading);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (cores_ > 0) threads_ = std::move(threads);
    lastShapes_.clear();
    for (const InputView& input : request.inputs) lastShapes_.push_back(input.shape);
    lastReading_ = reading;
    return {reading, threads_.threads};
}

// Of one item of a batch, as they run one after the other.
std::map<int, BlobShape> NcnnRunner::shapesOf(const InputReading& reading) const {
    std::map<int, BlobShape> given;
    for (size_t i = 0; i < reading.dimensions.size(); i++)
        given[network_->inputBlobs()[i]] = BlobShape::from(reading.dimensions[i]);
    return given;
}

ThreadChoice NcnnRunner::threadsFor(const InputReading& reading) const {
    return chooseThreads(*network_, shapesOf(reading), cores_);
}

void NcnnRunner::requireWithinLimits(const InputReading& reading) const {
    const RunLimits& limits = options_.limits;
    if (limits.memory <= 0 && limits.elements <= 0) return;
    const ParamFile& file = network_->param();
    const Inference inference = inferShapes(file, shapesOf(reading));
    const ncnn::Option& option = network_->option();
    const bool isLow = option.use_bf16_storage || option.use_fp16_storage;
    const double bytes = isLow ? 2 : sizeof(float); // what a blob takes at least
    for (const ParamLayer& layer : file.layers) {
        for (const int top : layer.tops) {
            const BlobShape& shape = inference.shapes[size_t(top)];
            const double elements = shape.known() ? double(shape.total()) : 0;
            requireTensorWithin(limits, file.describe(layer), elements, elements * bytes);
        }
    }
}

} // namespace twinfer
