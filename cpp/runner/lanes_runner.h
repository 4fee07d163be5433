#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "runner.h"

namespace twinfer {

// Several runners of one model as one that runs as many requests at once: for engines that lock a model while
// it runs.
class LanesRunner : public Runner {
  public:
    // `open` makes one lane, and is called for each of them; `note` is one of effective().
    LanesRunner(int lanes, const std::function<std::shared_ptr<Runner>()>& open, std::string note);

    const std::vector<TensorSpec>& inputs() const override { return runners_[0]->inputs(); }
    const std::vector<TensorSpec>& outputs() const override { return runners_[0]->outputs(); }
    Effective effective() const override;
    int findOutput(const std::string& name) const override { return runners_[0]->findOutput(name); }
    std::vector<std::string> tensorNames() const override { return runners_[0]->tensorNames(); }
    int lanes() const override { return int(runners_.size()); }
    // Waits for a free lane: runSync() comes on another thread than the runs that lanes() limits.
    RunResult run(const RunRequest& request) override;
    size_t memory() const override;

  private:
    // The one that was free last: its caches are warm.
    Runner& take();
    void giveBack(Runner& runner);

    std::vector<std::shared_ptr<Runner>> runners_;
    std::string note_;
    std::mutex mutex_; // guards free_
    std::condition_variable freed_;
    std::vector<Runner*> free_;
};

} // namespace twinfer
