#pragma once

#include <memory>
#include <string>
#include <vector>

// A loaded network that an engine's own documentation would write: set the input, run, copy the output.
class Loop {
  public:
    virtual ~Loop() = default;
    virtual void run(const std::vector<float>& input, std::vector<float>& output) = 0;
};

std::unique_ptr<Loop> openNcnnLoop(const std::string& param, const std::vector<int>& shape, int threads);
std::unique_ptr<Loop> openMnnLoop(const std::string& model, int threads);
