#include "lanes_runner.h"

namespace twinfer {

LanesRunner::LanesRunner(int lanes, const std::function<std::shared_ptr<Runner>()>& open, std::string note)
    : note_(std::move(note)) {
    for (int i = 0; i < lanes; i++) runners_.push_back(open());
    for (const std::shared_ptr<Runner>& runner : runners_) free_.push_back(runner.get());
}

Effective LanesRunner::effective() const {
    Effective effective = runners_[0]->effective();
    effective.lanes = lanes();
    effective.notes.push_back(note_);
    return effective;
}

RunResult LanesRunner::run(const RunRequest& request) {
    struct Lane {
        explicit Lane(LanesRunner& owner) : owner(owner), runner(owner.take()) {}
        ~Lane() { owner.giveBack(runner); }
        Lane(const Lane&) = delete;
        Lane& operator=(const Lane&) = delete;

        LanesRunner& owner;
        Runner& runner;
    };
    return Lane(*this).runner.run(request);
}

size_t LanesRunner::memory() const {
    size_t bytes = 0;
    for (const std::shared_ptr<Runner>& runner : runners_) bytes += runner->memory();
    return bytes;
}

Runner& LanesRunner::take() {
    std::unique_lock<std::mutex> lock(mutex_);
    freed_.wait(lock, [this] { return !free_.empty(); });
    Runner& runner = *free_.back();
    free_.pop_back();
    return runner;
}

void LanesRunner::giveBack(Runner& runner) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        free_.push_back(&runner);
    }
    freed_.notify_one();
}

} // namespace twinfer
