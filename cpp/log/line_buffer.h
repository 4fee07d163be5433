#pragma once

#include <cstdarg>
#include <string>

#include "log.h"

namespace twinfer {

// Engines print a message and its newline in separate calls, or a line in several pieces.
// One buffer a thread and an engine puts the pieces together.
class LineBuffer {
  public:
    explicit LineBuffer(const char* engine) : engine_(engine) {}

    // Returns how many characters were formatted, as printf does.
    int append(LogLevel level, const char* format, std::va_list arguments);

  private:
    const char* engine_;
    std::string pending_;
};

} // namespace twinfer
