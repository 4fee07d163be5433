#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../error.h"

namespace twinfer {

// error: it fails, or is damaged. warning: it may be wrong. info: worth knowing.
enum class Severity { error, warning, info };

// One thing that is wrong or odd in a model file.
struct Finding {
    const char* code;    // stable, such as "no-producer": docs/checking.md describes each
    std::string message; // without the place
    std::string help;
    std::string layer;   // empty where it is none
    int line = 0;        // of a .param, which `message` is about; 0 elsewhere
    int64_t offset = -1; // bytes into the file; -1 where it is no place
    Severity severity = Severity::error;
};

// Where the rules of a format say what they find. A rule goes on after either, as if what it found were
// right: one sink throws, another collects, and a third door would need no change of the rules.
class Findings {
  public:
    virtual ~Findings() = default;
    // What a model is not opened for: with the error that open() throws.
    virtual void refuse(Finding finding, const Error& error) = 0;
    // What open() lets pass, or finds only once it runs.
    virtual void note(Finding finding) = 0;

    // What has no code of its own is told in the words of open().
    void refuse(const std::string& layer, const Error& error) {
        refuse({"engine-refuses", error.what(), error.help(), layer}, error);
    }
};

// Of open(): throws at the first error.
class ThrowingFindings final : public Findings {
  public:
    using Findings::refuse;
    void refuse(Finding, const Error& error) override { throw error; }
    void note(Finding) override {}
};

// Of check(): keeps all of them, but no more of one kind than anybody reads.
class CollectedFindings final : public Findings {
  public:
    static constexpr int kMostOfOne = 50;

    using Findings::refuse;
    void refuse(Finding finding, const Error&) override { note(std::move(finding)); }
    void note(Finding finding) override {
        if (++counts_[{finding.code, finding.severity}] <= kMostOfOne) all_.push_back(std::move(finding));
    }

    const std::vector<Finding>& all() const { return all_; }
    // How many there were of each code and severity, those that were not kept included.
    const std::map<std::pair<std::string, Severity>, int>& counts() const { return counts_; }

  private:
    std::vector<Finding> all_;
    std::map<std::pair<std::string, Severity>, int> counts_;
};

} // namespace twinfer
