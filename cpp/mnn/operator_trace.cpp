#include "operator_trace.h"

#include <algorithm>
#include <exception>

#include "../error.h"
#include "mnn_error.h"
#include "session_output.h"

namespace twinfer::mnn {

namespace {

class Collector {
  public:
    explicit Collector(const TraceRequest& request) : request_(request) {}

    // Returns whether MNN shall go on. Nothing may be thrown through its frames.
    bool take(const std::vector<MNN::Tensor*>& tensors, const MNN::OperatorInfo* info) noexcept {
        try {
            const std::vector<std::string>& names = request_.names;
            const bool wanted =
                names.empty() || std::find(names.begin(), names.end(), info->name()) != names.end();
            if (wanted) collect(tensors, *info);
            return info->name() != request_.stopAfter;
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
    void collect(const std::vector<MNN::Tensor*>& tensors, const MNN::OperatorInfo& info) {
        TracedOperator traced{info.name(), info.type(), info.flops(), {}};
        if (request_.values) {
            for (MNN::Tensor* tensor : tensors) {
                SessionOutput output(tensor);
                output.refresh();
                traced.outputs.push_back(output.read({}));
            }
        }
        operators_.push_back(std::move(traced));
    }

    const TraceRequest& request_;
    std::vector<TracedOperator> operators_;
    std::exception_ptr failure_;
};

} // namespace

std::vector<TracedOperator> runTraced(SessionHandle& session, const TraceRequest& request) {
    if (!session.interpreter().hasDebugInfo()) {
        throw Error("TWINFER_INVALID_STATE", "expected Session_Debug, received Session_Release",
                    "MNN calls nothing back in Release mode: set Session_Debug before createSession.");
    }
    session.expectRunnable();
    Collector collector(request);
    const auto before = [](const std::vector<MNN::Tensor*>&, const MNN::OperatorInfo*) { return true; };
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
