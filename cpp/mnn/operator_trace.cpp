#include "operator_trace.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include "../error.h"
#include "checked_input.h"
#include "mnn_error.h"
#include "session_output.h"

namespace twinfer::mnn {

namespace {

using Clock = std::chrono::steady_clock;

void replace(MNN::Tensor& tensor, const std::string& name, const InputView& value) {
    checkInput({name, true, shapeOf(tensor), dtypeOf(tensor.getType()), layoutOf(tensor)}, value);
    const HostTensor host = hostTensorOver(tensor, const_cast<void*>(value.data));
    if (tensor.copyFromHostTensor(host.get())) return;
    throw Error("TWINFER_ENGINE_FAILED", "MNN has no memory behind an output of '" + name + "'");
}

class Collector {
  public:
    explicit Collector(const TraceRequest& request) : request_(request) {}

    // Returns whether MNN shall run the command.
    bool start() noexcept {
        started_ = Clock::now();
        return !request_.dry;
    }

    // Returns whether MNN shall go on. Nothing may be thrown through its frames.
    bool take(const std::vector<MNN::Tensor*>& tensors, const MNN::OperatorInfo* info) noexcept {
        try {
            const std::chrono::duration<double, std::milli> took = Clock::now() - started_;
            const std::vector<std::string>& names = request_.names;
            const bool wanted =
                command_ >= request_.first &&
                (names.empty() || std::find(names.begin(), names.end(), info->name()) != names.end());
            if (wanted) collect(tensors, *info, request_.dry ? 0 : took.count());
            replaceOutputs(tensors, info->name());
            command_++;
            return command_ < request_.end && info->name() != request_.stopAfter;
        } catch (...) {
            failure_ = std::current_exception();
            return false;
        }
    }

    std::vector<TracedOperator> finish() {
        if (failure_) std::rethrow_exception(failure_);
        return std::move(operators_);
    }

  private:
    void collect(const std::vector<MNN::Tensor*>& tensors, const MNN::OperatorInfo& info, double ms) {
        TracedOperator traced{info.name(), info.type(), info.flops(), ms, {}, {}};
        for (const MNN::Tensor* tensor : tensors) traced.shapes.push_back(shapeOf(*tensor));
        if (request_.values) {
            for (MNN::Tensor* tensor : tensors) {
                SessionOutput output(tensor);
                output.refresh();
                traced.outputs.push_back(output.read({}));
            }
        }
        operators_.push_back(std::move(traced));
    }

    void replaceOutputs(const std::vector<MNN::Tensor*>& tensors, const std::string& name) {
        for (const Replacement& replacement : request_.replacements) {
            if (replacement.command != command_) continue;
            if (replacement.output >= tensors.size()) {
                throw Error("TWINFER_INVALID_ARGUMENT", "'" + name + "' has " +
                                                            std::to_string(tensors.size()) +
                                                            " outputs, received a replacement for output " +
                                                            std::to_string(replacement.output));
            }
            replace(*tensors[replacement.output], name, replacement.value);
        }
    }

    const TraceRequest& request_;
    size_t command_ = 0;
    Clock::time_point started_;
    std::vector<TracedOperator> operators_;
    std::exception_ptr failure_;
};

void expectTraceable(SessionHandle& session) {
    if (!session.interpreter().hasDebugInfo()) {
        throw Error("TWINFER_INVALID_STATE", "expected Session_Debug, received Session_Release",
                    "MNN calls nothing back in Release mode: set Session_Debug before createSession.");
    }
    session.expectRunnable();
}

} // namespace

std::vector<double> timeOperators(SessionHandle& session) {
    expectTraceable(session);
    std::vector<double> times;
    // Nothing may be thrown through MNN's frames, and nothing shall disturb the caches between two commands.
    times.reserve(1 << 16);
    Clock::time_point started;
    const auto before = [&](const std::vector<MNN::Tensor*>&, const MNN::OperatorInfo*) {
        started = Clock::now();
        return true;
    };
    const auto after = [&](const std::vector<MNN::Tensor*>&, const MNN::OperatorInfo*) {
        const std::chrono::duration<double, std::milli> took = Clock::now() - started;
        if (times.size() < times.capacity()) times.push_back(took.count());
        return true;
    };
    expectSuccess(session.interpreter().interpreter().runSessionWithCallBackInfo(&session.session(), before,
                                                                                 after, true),
                  "running the session");
    return times;
}

std::vector<TracedOperator> runTraced(SessionHandle& session, const TraceRequest& request) {
    expectTraceable(session);
    Collector collector(request);
    const auto before = [&](const std::vector<MNN::Tensor*>&, const MNN::OperatorInfo*) {
        return collector.start();
    };
    const auto after = [&](const std::vector<MNN::Tensor*>& tensors, const MNN::OperatorInfo* info) {
        return collector.take(tensors, info);
    };
    const MNN::ErrorCode code = session.interpreter().interpreter().runSessionWithCallBackInfo(
        &session.session(), before, after, true);
    std::vector<TracedOperator> operators = collector.finish();
    if (code != MNN::CALL_BACK_STOP) expectSuccess(code, "running the session");
    return operators;
}

} // namespace twinfer::mnn
