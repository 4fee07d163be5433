#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../tensor/dtype.h"
#include "../tensor/shape.h"
#include "run_watch.h"

namespace twinfer {

using OptionValue = std::variant<bool, double, std::string>;
using Options = std::vector<std::pair<std::string, OptionValue>>;

// A model file: a path, or its content.
struct ModelFile {
    std::string path;
    std::shared_ptr<const std::string> bytes; // wins over path
};

struct RunnerOptions {
    std::string precision = "default"; // fp32 | fp16 | fp16-storage | bf16 | int8 | default
    int threads = 0;                   // of one run; 0: by the work, see thread_choice.h
    int lanes = 0;                     // runs at once; 0: as the engine can without another copy of anything
    std::string device = "cpu";        // cpu | vulkan | vulkan:i; openModel also takes auto
    Options engineOptions;             // the engine's own names; they win over precision
    std::vector<std::pair<std::string, Shape>> inputShapes; // for inputs that the model leaves open
    RunLimits limits;                                       // of each run
    std::vector<std::string> notes; // decided before the engine was asked; effective() repeats them
};

struct TensorSpec {
    std::string name;
    bool shapeKnown; // an ncnn Input without hints accepts any number of dimensions
    Shape shape;     // kAny where open
    DType dtype;
    Layout layout;
};

// What really runs, as opposed to what was asked for.
struct Effective {
    std::string engine;        // "ncnn" | "mnn"
    std::string engineVersion; // of the linked library
    std::string modelVersion;  // of the converter, "" where the format has none
    std::string path;          // "net" | "session" | "module"
    std::string backend;       // "cpu", "cpu-avx512", "cpu-arm82", "vulkan", …
    std::string device;        // "cpu" or the GPU's name
    std::string requestedPrecision;
    std::string precision;            // active
    int threads;                      // of one run
    std::string threadsReason;        // why so many
    int lanes = 0;                    // runs at once; 0: as many as there are threads for
    std::vector<std::string> notes;   // "requested fp16 → active fp32: this CPU has no fp16 arithmetic"
    RunLimits limits;                 // of one run
    Options options;                  // every switch of the engine, read back after load
    std::vector<std::string> kernels; // layers that run on this project's kernels instead of the engine's
};

// One input of one run. The memory is the caller's and is never written; it must stay valid and
// unchanged until run() returns.
struct InputView {
    const void* data;
    size_t bytes;
    DType dtype;
    Shape shape;
};

// Where one output is to be written; data == nullptr asks for memory of the runner's own.
struct Destination {
    void* data = nullptr;
    size_t bytes = 0;
    DType dtype = DType::float32;
};

struct OutputTensor {
    Shape shape;
    DType dtype;
    Layout layout;
    size_t bytes;
    const void* data;
    std::shared_ptr<const void> owner; // keeps data alive; empty when it went to a Destination
    bool copied;                       // false when data is the engine's own result memory
};

struct RunRequest {
    std::vector<InputView> inputs;         // one for each of inputs(), in that order
    std::vector<int> outputs;              // indices into outputs(), or what findOutput() gave
    std::vector<Destination> destinations; // empty, or one for each of `outputs`
    const int32_t* cancelled = nullptr;    // turns 1 on another thread once nobody waits for it any more
};

struct RunResult {
    std::vector<OutputTensor> outputs;
    std::vector<bool> inputCopied; // one for each input
};

// One loaded model on one engine, ready to run. The one thing that both engines look like.
class Runner {
  public:
    virtual ~Runner() = default;

    virtual const std::vector<TensorSpec>& inputs() const = 0;
    virtual const std::vector<TensorSpec>& outputs() const = 0;
    virtual Effective effective() const = 0;

    // The index for RunRequest::outputs of the tensor with this name, -1 where there is none: of one of
    // outputs(), or beyond them for one that lies between the layers. May be called during a run.
    virtual int findOutput(const std::string& name) const = 0;
    // All names that it knows.
    virtual std::vector<std::string> tensorNames() const = 0;

    // How many threads may be in run() at once, 0 for any number (ncnn: an Extractor a run). The caller sees
    // to it: more would wait for each other (MNN: one lock per Interpreter).
    virtual int lanes() const = 0;

    // Checks the request against inputs() and throws Error before the engine sees anything wrong.
    virtual RunResult run(const RunRequest& request) = 0;

    // About how many bytes the model holds, for the garbage collector's bookkeeping.
    virtual size_t memory() const = 0;
};

} // namespace twinfer
