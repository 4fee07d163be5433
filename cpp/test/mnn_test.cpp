// MNN without Node: verification, the zero-copy path and its sameness with a plain loop, options.
#include <cstring>
#include <fstream>
#include <sstream>

#include "check.h"
#include "format/mnn/model_verifier.h"
#include "mnn/engine_config.h"
#include "mnn/nearest_names.h"
#include "mnn/open_mnn.h"
#include "mnn/session_handle.h"
#include "mnn/tensor_handle.h"
#include "mnn/tensor_map.h"

using namespace twinfer;

namespace {

const std::string kFixtures = TWINFER_FIXTURES;

std::string contentOf(const std::string& file) {
    std::ifstream stream(kFixtures + "/" + file, std::ios::binary);
    std::stringstream content;
    content << stream.rdbuf();
    return content.str();
}

ModelFile modelAt(const std::string& file) {
    return {kFixtures + "/" + file, nullptr};
}

void verify(const std::string& bytes) {
    verifyMnnModel(bytes.data(), bytes.size());
}

std::vector<float> run(Runner& runner, const std::vector<float>& values) {
    RunRequest request;
    request.inputs.push_back({values.data(), values.size() * 4, DType::float32, {1, 1, 8, 8}});
    request.outputs = {0};
    const RunResult result = runner.run(request);
    CHECK(!result.inputCopied[0]);
    const auto* data = static_cast<const float*>(result.outputs[0].data);
    return {data, data + result.outputs[0].bytes / 4};
}

void testVerifier() {
    const std::string whole = contentOf("digits8-cnn/model.mnn");
    verify(whole);
    verify(contentOf("digits8-cnn/model_fp16.mnn"));
    verify(contentOf("digits8-cnn/model_w8.mnn"));
    verify(contentOf("tiny-lstm/model.mnn"));
    CHECK_THROWS("TWINFER_MODEL_INVALID", "an empty file", verify(""));
    CHECK_THROWS("TWINFER_MODEL_INVALID", "zero bytes", verify(std::string(64, '\0')));
    CHECK_THROWS("TWINFER_MODEL_INVALID", "ncnn", verify(contentOf("digits8-cnn/model.ncnn.param")));
    CHECK_THROWS("TWINFER_MODEL_TRUNCATED", "cut short", verify(whole.substr(0, whole.size() / 2)));
    CHECK_THROWS("TWINFER_MODEL_TRUNCATED", "multiple of 4", verify(whole.substr(0, whole.size() - 1)));
    CHECK_THROWS("TWINFER_MODEL_UNSUPPORTED", "below 2 GiB", verifyMnnModel(whole.data(), size_t(1) << 31));
}

void testZeroCopy() {
    RunnerOptions options;
    options.precision = "fp32";
    options.threads = 1;
    const std::shared_ptr<Runner> runner = openMnn(modelAt("digits8-cnn/model.mnn"), options);
    std::vector<float> first(64), second(64);
    for (size_t i = 0; i < first.size(); i++) {
        first[i] = float(i % 7) / 7;
        second[i] = float(i % 5) / 5;
    }
    const std::vector<float> before = first;
    const std::vector<float> a = run(*runner, first), b = run(*runner, second), again = run(*runner, first);
    CHECK(a != b);
    CHECK(a == again);
    CHECK(first == before);

    // The same through a copy into the session's own memory.
    mnn::SessionRequest request;
    request.config.backend.precision = MNN::BackendConfig::Precision_High;
    const auto session = std::make_shared<mnn::SessionHandle>(
        std::make_shared<mnn::InterpreterHandle>(modelAt("digits8-cnn/model.mnn"), ""), request);
    session->input(nullptr)->copyFromHost({second.data(), 256, DType::float32, {1, 1, 8, 8}});
    session->run();
    const OutputTensor output = session->output(nullptr)->copyToHost({});
    CHECK(output.bytes == b.size() * 4 && std::memcmp(output.data, b.data(), output.bytes) == 0);
}

void testRequests() {
    const std::shared_ptr<Runner> runner = openMnn(modelAt("digits8-cnn/model.mnn"), {});
    const std::vector<float> values(64);
    const auto runWith = [&](const InputView& input) {
        RunRequest request;
        request.inputs.push_back(input);
        request.outputs = {0};
        runner->run(request);
    };
    // Another height and width is for MNN to size; another number of channels would run, and be garbage.
    runWith({values.data(), 256, DType::float32, {1, 1, 4, 16}});
    CHECK_THROWS("TWINFER_SHAPE_MISMATCH", "[1,4,4,4]",
                 runWith({values.data(), 256, DType::float32, {1, 4, 4, 4}}));
    CHECK_THROWS("TWINFER_DTYPE_MISMATCH", "float32",
                 runWith({values.data(), 256, DType::int32, {1, 1, 8, 8}}));
    CHECK_THROWS("TWINFER_LENGTH_MISMATCH", "256",
                 runWith({values.data(), 128, DType::float32, {1, 1, 8, 8}}));
    CHECK_THROWS("TWINFER_MISSING_INPUT", "1 inputs", runner->run({}));
}

void testMaps() {
    const auto session = std::make_shared<mnn::SessionHandle>(
        std::make_shared<mnn::InterpreterHandle>(modelAt("digits8-cnn/model.mnn"), ""),
        mnn::SessionRequest{});
    const std::shared_ptr<mnn::TensorHandle> image = session->input(nullptr);
    bool told = false;
    const auto map = mnn::TensorMap::create(image, true, Layout::NCHW);
    map->onUnmap([&] { told = true; });
    CHECK(map->bytes() == 256 && map->mapped());
    session->resize();
    CHECK(told && !map->mapped());
    CHECK_THROWS("TWINFER_LAYOUT_MISMATCH", "NC4HW4", mnn::TensorMap::create(image, false, Layout::NC4HW4));
    session->release();
    CHECK_THROWS("TWINFER_DISPOSED", "released", image->shape());
}

void testOptions() {
    RunnerOptions options;
    options.engineOptions = {{"winogradMemoryLevel", 0.0}, {"MEMORY", std::string("low")}};
    const mnn::EngineConfig config = mnn::configFor(options, {});
    CHECK(config.backend.memory == MNN::BackendConfig::Memory_Low);
    CHECK(config.hints.size() == 1);
    options.engineOptions = {{"winograd", 0.0}};
    CHECK_THROWS("TWINFER_INVALID_OPTION", "nearest", mnn::configFor(options, {}));
    options.engineOptions.clear();
    options.precision = "fp8";
    CHECK_THROWS("TWINFER_INVALID_OPTION", "fp8", mnn::configFor(options, {}));
    options.precision = "fp32";
    options.device = "tpu";
    CHECK_THROWS("TWINFER_INVALID_OPTION", "tpu", mnn::configFor(options, {}));
    CHECK(mnn::nearestNames("memry", {"power", "memory"}, 1) == "memory");
}

} // namespace

int main() {
    testVerifier();
    testZeroCopy();
    testRequests();
    testMaps();
    testOptions();
    return failures();
}
