#include "isolated_runner.h"

#include <chrono>
#include <cmath>

#include "../error.h"
#include "../runner/find_output.h"

namespace twinfer {

namespace {

std::string rounded(double value) {
    return std::to_string(std::llround(value));
}

} // namespace

IsolatedRunner::IsolatedRunner(ModelRequest model, Isolation isolation)
    : model_(std::move(model)), isolation_(std::move(isolation)) {
    start();
}

IsolatedRunner::~IsolatedRunner() = default;

void IsolatedRunner::start() {
    mailbox_.reset();
    process_ = std::make_unique<EngineProcess>(isolation_.command, mailbox_.file());
    try {
        MessageReader answer = ask("opening the model", [&](MessageWriter& to) {
            to.number(uint8_t(Question::open));
            to.number(isolation_.memory);
            write(to, model_);
        });
        inputs_ = readSpecs(answer);
        outputs_ = readSpecs(answer);
        names_ = readNames(answer);
        const std::lock_guard<std::mutex> knowing(known_);
        effective_ = readEffective(answer);
    } catch (...) {
        process_.reset();
        throw;
    }
}

Effective IsolatedRunner::effective() const {
    const std::lock_guard<std::mutex> knowing(known_);
    Effective effective = effective_;
    effective.lanes = lanes();
    effective.limits.ms = isolation_.ms;
    effective.limits.memory = isolation_.memory;
    std::string note = "runs in a process of its own";
    if (isolation_.ms > 0) note += ", for at most " + rounded(isolation_.ms) + " ms a run";
    if (isolation_.memory > 0) note += ", in at most " + rounded(isolation_.memory / 1e6) + " MB";
    effective.notes.push_back(std::move(note));
    return effective;
}

int IsolatedRunner::findOutput(const std::string& name) const {
    return twinfer::findOutput(outputs_, names_, name);
}

RunResult IsolatedRunner::run(const RunRequest& request) {
    const std::lock_guard<std::mutex> asking(turn_);
    if (process_ == nullptr) start();
    MessageReader answer = ask(
        "a run",
        [&](MessageWriter& to) {
            to.number(uint8_t(Question::run));
            write(to, request);
        },
        request.cancelled);
    RunResult result = readResult(answer, request.destinations);
    result.inputCopied.assign(request.inputs.size(), true);
    if (answer.number<bool>()) {
        Effective effective = readEffective(answer);
        const std::lock_guard<std::mutex> knowing(known_);
        effective_ = std::move(effective);
    }
    return result;
}

MessageReader IsolatedRunner::ask(const char* what, const std::function<void(MessageWriter&)>& question,
                                  const int32_t* cancelled) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point began = Clock::now();
    const auto ms = [&] { return std::chrono::duration<double, std::milli>(Clock::now() - began).count(); };
    mailbox_.send(question);
    const auto isCancelled = [&] {
        return cancelled != nullptr && __atomic_load_n(cancelled, __ATOMIC_ACQUIRE) != 0;
    };
    const bool answered = mailbox_.await(
        [&] { return process_->alive() && !isCancelled() && (isolation_.ms <= 0 || ms() < isolation_.ms); });
    if (!answered && process_->alive() && isCancelled()) {
        process_.reset(); // which ends it
        throw Error("TWINFER_ENGINE_FAILED", std::string(what) + " was abandoned");
    }
    if (!answered) refuse(what, process_->alive(), ms());
    MessageReader answer = mailbox_.read();
    const bool failed = answer.number<uint8_t>() != uint8_t(Answer::done);
    replayLog(answer);
    if (!failed) return answer;
    std::string code = answer.text();
    const std::string message = answer.text();
    throw Error(std::move(code), message, answer.text());
}

void IsolatedRunner::refuse(const char* what, bool late, double ms) {
    if (late) process_->kill();
    const std::string end = process_->end();
    const bool lackedMemory = !late && process_->lackedMemory();
    process_.reset();
    if (lackedMemory) {
        throw Error("TWINFER_LIMIT_EXCEEDED",
                    std::string("expected ") + what + " in at most " + rounded(isolation_.memory) +
                        " bytes (limits.memory), it asked for more; its process was ended",
                    kRaiseLimits);
    }
    if (late) {
        throw Error("TWINFER_LIMIT_EXCEEDED",
                    std::string("expected ") + what + " within " + rounded(isolation_.ms) +
                        " ms, received no answer after " + rounded(ms) + " ms; its process was ended",
                    kRaiseLimits);
    }
    throw Error("TWINFER_ENGINE_CRASHED",
                std::string("the process that runs the engine crashed (") + end + ") during " + what,
                "The model file may be damaged in a way that the engine does not check. The next run starts "
                "the process again.");
}

} // namespace twinfer
