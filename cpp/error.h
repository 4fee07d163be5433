#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace twinfer {

// What every layer throws: a stable code for programs, a sentence for people with the expected and
// the received value, and what to do about it. `binding/` turns it into JavaScript's TwinferError.
// Never let one cross a frame of MNN's: its libraries are built with -fno-exceptions.
class Error : public std::runtime_error {
  public:
    Error(std::string code, const std::string& message, std::string help = {})
        : std::runtime_error(message), code_(std::move(code)), help_(std::move(help)) {}

    const std::string& code() const { return code_; }
    const std::string& help() const { return help_; }

  private:
    std::string code_;
    std::string help_;
};

} // namespace twinfer
