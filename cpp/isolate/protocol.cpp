#include "protocol.h"

#include "../runner/destination.h"

namespace twinfer {

namespace {

void writeShape(MessageWriter& to, const Shape& shape) {
    to.list(shape, [&](int size) { to.number(int32_t(size)); });
}

Shape readShape(MessageReader& from) {
    return from.list<int>([&] { return from.number<int32_t>(); });
}

void writeFile(MessageWriter& to, const ModelFile& file) {
    to.text(file.path);
    to.number(file.bytes != nullptr);
    if (file.bytes) to.block(file.bytes->data(), file.bytes->size());
}

ModelFile readFile(MessageReader& from) {
    ModelFile file{from.text(), nullptr};
    if (!from.number<bool>()) return file;
    size_t bytes;
    const char* const content = from.block(bytes);
    file.bytes = std::make_shared<const std::string>(content, bytes);
    return file;
}

void writeOptions(MessageWriter& to, const Options& options) {
    to.list(options, [&](const Options::value_type& option) {
        to.text(option.first);
        to.number(uint8_t(option.second.index()));
        if (const auto* flag = std::get_if<bool>(&option.second)) to.number(*flag);
        if (const auto* number = std::get_if<double>(&option.second)) to.number(*number);
        if (const auto* text = std::get_if<std::string>(&option.second)) to.text(*text);
    });
}

Options readOptions(MessageReader& from) {
    return from.list<Options::value_type>([&] {
        std::string name = from.text();
        OptionValue value = false;
        switch (from.number<uint8_t>()) {
        case 0: value = from.number<bool>(); break;
        case 1: value = from.number<double>(); break;
        default: value = from.text();
        }
        return std::make_pair(std::move(name), std::move(value));
    });
}

void write(MessageWriter& to, const RunLimits& limits) {
    for (const double limit : {limits.ms, limits.memory, limits.elements}) to.number(limit);
}

RunLimits readLimits(MessageReader& from) {
    RunLimits limits;
    for (double* limit : {&limits.ms, &limits.memory, &limits.elements}) *limit = from.number<double>();
    return limits;
}

DType readDType(MessageReader& from) {
    return dtypeNamed(from.text()).value_or(DType::float32);
}

} // namespace

void write(MessageWriter& to, const ModelRequest& model) {
    to.number(model.engine == Engine::ncnn);
    writeFile(to, model.model);
    writeFile(to, model.weights);
    const RunnerOptions& options = model.options;
    to.text(options.precision);
    to.number(int32_t(options.threads));
    to.text(options.device);
    writeOptions(to, options.engineOptions);
    to.list(options.inputShapes, [&](const std::pair<std::string, Shape>& input) {
        to.text(input.first);
        writeShape(to, input.second);
    });
    write(to, options.limits);
    write(to, options.notes);
}

ModelRequest readModel(MessageReader& from) {
    ModelRequest model;
    model.engine = from.number<bool>() ? Engine::ncnn : Engine::mnn;
    model.model = readFile(from);
    model.weights = readFile(from);
    RunnerOptions& options = model.options;
    options.precision = from.text();
    options.threads = from.number<int32_t>();
    options.device = from.text();
    options.engineOptions = readOptions(from);
    options.inputShapes = from.list<std::pair<std::string, Shape>>([&] {
        std::string name = from.text();
        return std::make_pair(std::move(name), readShape(from));
    });
    options.limits = readLimits(from);
    options.notes = readNames(from);
    return model;
}

void write(MessageWriter& to, const std::vector<TensorSpec>& specs) {
    to.list(specs, [&](const TensorSpec& spec) {
        to.text(spec.name);
        to.number(spec.shapeKnown);
        writeShape(to, spec.shape);
        to.text(nameOf(spec.dtype));
        to.number(spec.layout == Layout::NHWC);
    });
}

std::vector<TensorSpec> readSpecs(MessageReader& from) {
    return from.list<TensorSpec>([&] {
        TensorSpec spec{from.text(), from.number<bool>(), readShape(from), readDType(from), Layout::NCHW};
        if (from.number<bool>()) spec.layout = Layout::NHWC;
        return spec;
    });
}

void write(MessageWriter& to, const std::vector<std::string>& names) {
    to.list(names, [&](const std::string& name) { to.text(name); });
}

std::vector<std::string> readNames(MessageReader& from) {
    return from.list<std::string>([&] { return from.text(); });
}

void write(MessageWriter& to, const Effective& effective) {
    for (const std::string* text :
         {&effective.engine, &effective.engineVersion, &effective.modelVersion, &effective.path,
          &effective.backend, &effective.device, &effective.requestedPrecision, &effective.precision,
          &effective.threadsReason}) {
        to.text(*text);
    }
    to.number(int32_t(effective.threads));
    write(to, effective.limits);
    write(to, effective.kernels);
    write(to, effective.notes);
    writeOptions(to, effective.options);
}

Effective readEffective(MessageReader& from) {
    Effective effective;
    for (std::string* text :
         {&effective.engine, &effective.engineVersion, &effective.modelVersion, &effective.path,
          &effective.backend, &effective.device, &effective.requestedPrecision, &effective.precision,
          &effective.threadsReason}) {
        *text = from.text();
    }
    effective.threads = from.number<int32_t>();
    effective.limits = readLimits(from);
    effective.kernels = readNames(from);
    effective.notes = readNames(from);
    effective.options = readOptions(from);
    return effective;
}

void write(MessageWriter& to, const RunRequest& request) {
    to.list(request.inputs, [&](const InputView& input) {
        to.text(nameOf(input.dtype));
        writeShape(to, input.shape);
        to.block(input.data, input.bytes);
    });
    to.list(request.outputs, [&](int output) { to.number(int32_t(output)); });
}

RunRequest readRequest(MessageReader& from) {
    RunRequest request;
    request.inputs = from.list<InputView>([&] {
        InputView input{nullptr, 0, readDType(from), readShape(from)};
        input.data = from.block(input.bytes);
        return input;
    });
    request.outputs = from.list<int>([&] { return from.number<int32_t>(); });
    return request;
}

void write(MessageWriter& to, const RunResult& result) {
    to.list(result.outputs, [&](const OutputTensor& output) {
        writeShape(to, output.shape);
        to.text(nameOf(output.dtype));
        to.number(output.layout == Layout::NHWC);
        to.block(output.data, output.bytes);
    });
}

RunResult readResult(MessageReader& from, const std::vector<Destination>& destinations) {
    RunResult result;
    size_t count = 0;
    result.outputs = from.list<OutputTensor>([&] {
        OutputTensor output{readShape(from), readDType(from), Layout::NCHW, 0, nullptr, nullptr, true};
        if (from.number<bool>()) output.layout = Layout::NHWC;
        const char* const data = from.block(output.bytes);
        const size_t at = count++;
        const bool given = at < destinations.size() && destinations[at].data != nullptr;
        if (given) checkDestination(destinations[at], output);
        const std::shared_ptr<char[]> memory(given ? nullptr : new char[output.bytes]);
        char* const into = given ? static_cast<char*>(destinations[at].data) : memory.get();
        if (output.bytes > 0) std::memcpy(into, data, output.bytes);
        output.data = into;
        output.owner = memory;
        return output;
    });
    return result;
}

void write(MessageWriter& to, const std::vector<LogLine>& lines) {
    to.list(lines, [&](const LogLine& line) {
        to.number(line.engine[0] == 'n');
        to.number(line.level == LogLevel::error);
        to.text(line.text);
    });
}

void replayLog(MessageReader& from) {
    from.list<bool>([&] {
        const char* const engine = from.number<bool>() ? "ncnn" : "MNN";
        const LogLevel level = from.number<bool>() ? LogLevel::error : LogLevel::info;
        logLine(engine, level, from.text());
        return true;
    });
}

} // namespace twinfer
