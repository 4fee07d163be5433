#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "param_file.h"

namespace twinfer {

// One layer's parameters and the complaints about them: `parameters` to check(), TWINFER_MODEL_INVALID to
// open(), with the layer, the parameter id, the expected and the received value. Each check answers whether
// it holds.
class SizeChecker {
  public:
    SizeChecker(const ParamFile& file, const ParamLayer& layer, Findings& findings)
        : file_(file), layer_(layer), findings_(findings) {}

    const ParamLayer& layer() const { return layer_; }
    int64_t at(int id, int64_t otherwise = 0) const {
        return layer_.integer(id, static_cast<int>(otherwise));
    }
    int length(int id) const { return layer_.length(id); }

    void fail(const std::string& expected, const std::string& received) const;
    // The file is from before axes were counted as they are now: `mark` is the parameter that would deny it.
    void failOld(int mark, const std::string& expected) const;
    bool atLeast(const char* what, int id, int64_t least, int64_t otherwise = 0) const;
    // Above 0 and divisible by `of`, which `formula` explains.
    bool multiple(const char* what, int id, int64_t of, const std::string& formula) const;
    // Every factor above 0 and a product that fits an int, in which ncnn computes it.
    bool product(const char* what, int64_t a, int64_t b, int64_t c = 1, int64_t d = 1) const;

  private:
    const ParamFile& file_;
    const ParamLayer& layer_;
    Findings& findings_;
};

struct SizeRule {
    const char* type;
    void (*check)(const SizeChecker&);
};

// Layers whose parameters announce a number of weights.
std::vector<SizeRule> weightSizeRules();
// The others.
std::vector<SizeRule> plainSizeRules();

} // namespace twinfer
