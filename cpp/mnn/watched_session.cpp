#include "watched_session.h"

#include "../error.h"
#include "mnn_error.h"

namespace twinfer::mnn {

void requireMemoryWithin(const RunLimits& limits, MNN::Interpreter& interpreter,
                         const MNN::Session* session) {
    float megabytes = 0;
    if (limits.memory <= 0 || !interpreter.getSessionInfo(session, MNN::Interpreter::MEMORY, &megabytes))
        return;
    const double bytes = double(megabytes) * 1024 * 1024;
    if (bytes <= limits.memory) return;
    throw Error("TWINFER_LIMIT_EXCEEDED",
                "expected a session of at most " + std::to_string(int64_t(limits.memory)) +
                    " bytes (limits.memory), received one of " + std::to_string(int64_t(bytes)),
                kRaiseLimits);
}

void runWatched(const MNN::Interpreter& interpreter, MNN::Session* session, const RunLimits& limits,
                const int32_t* cancelled) {
    if (limits.ms <= 0 && cancelled == nullptr) {
        expectSuccess(interpreter.runSession(session), "running the model");
        return;
    }
    RunWatch watch(limits, cancelled);
    std::string last;
    const auto before = [](const std::vector<MNN::Tensor*>&, const MNN::OperatorInfo*) { return true; };
    const auto after = [&](const std::vector<MNN::Tensor*>&, const MNN::OperatorInfo* info) {
        if (watch.goesOn()) return true;
        last = info->name();
        return false;
    };
    const MNN::ErrorCode code = interpreter.runSessionWithCallBackInfo(session, before, after);
    if (watch.stopped()) watch.refuse("after layer '" + last + "'");
    expectSuccess(code, "running the model");
}

} // namespace twinfer::mnn
