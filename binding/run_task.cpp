#include "run_task.h"

#include <cstring>

#include "arguments.h"
#include "runner_values.h"

namespace twinfer {

namespace {
// Both engines read their inputs with vector loads.
constexpr size_t kAlign = 64;
size_t aligned(size_t bytes) {
    return (bytes + kAlign - 1) / kAlign * kAlign;
}
} // namespace

RunTask::RunTask(Napi::Env env, std::shared_ptr<Runner> runner, std::shared_ptr<ResultValues> values,
                 RunRequest request, Destinations destinations, Napi::Value cancelled)
    : PromiseTask(env), runner_(std::move(runner)), values_(std::move(values)), request_(std::move(request)) {
    for (const InputView& input : request_.inputs) bytes_ += aligned(input.bytes);
    inputs_.reset(new char[bytes_ + kAlign]);
    char* at = reinterpret_cast<char*>(aligned(reinterpret_cast<uintptr_t>(inputs_.get())));
    for (InputView& input : request_.inputs) {
        if (input.bytes > 0) std::memcpy(at, input.data, input.bytes);
        input.data = at;
        at += aligned(input.bytes);
    }
    // Written on the JavaScript thread, once the run is over, if the arrays still have their memory.
    request_.destinations.clear();
    if (!destinations.IsEmpty()) destinations_ = Napi::Persistent(destinations.As<Napi::Object>());
    if (cancelled.IsTypedArray()) {
        cancelledArray_ = Napi::Persistent(cancelled.As<Napi::Object>());
        request_.cancelled = static_cast<const int32_t*>(viewOf(cancelled, "cancelled").data);
    }
}

void RunTask::perform() {
    const int32_t* const flag = request_.cancelled;
    const bool cancelled = flag != nullptr && __atomic_load_n(flag, __ATOMIC_ACQUIRE) != 0;
    if (!cancelled) result_ = runner_->run(request_);
}

Napi::Value RunTask::result(Napi::Env env) {
    if (result_.outputs.size() < request_.outputs.size()) return env.Undefined(); // nobody waits for it
    // The engine read the copy, whatever the runner says of its side.
    result_.inputCopied.assign(request_.inputs.size(), true);
    Destinations destinations;
    if (!destinations_.IsEmpty()) {
        destinations = destinations_.Value().As<Napi::Array>();
        copyInto(destinations, result_);
    }
    return values_->toArray(env, std::move(result_), destinations, log());
}

} // namespace twinfer
