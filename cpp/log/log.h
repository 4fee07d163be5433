#pragma once

#include <string>
#include <vector>

namespace twinfer {

enum class LogLevel { info, error };

struct LogLine {
    const char* engine; // "ncnn" or "MNN"
    LogLevel level;
    std::string text;
};

// Collects what both engines print on this thread while it is alive; captures nest, the innermost
// takes the lines. Without one the lines go nowhere: neither engine ever reaches stdout or stderr.
class LogCapture {
  public:
    LogCapture();
    ~LogCapture();
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;

    std::vector<LogLine> take();

  private:
    friend void logLine(const char* engine, LogLevel level, const std::string& text);

    LogCapture* const outer_;
    std::vector<LogLine> lines_;
};

// Called by the hooks that are compiled into the engines.
void logLine(const char* engine, LogLevel level, const std::string& text);

// The lines as one text, for an error message.
std::string joinLines(const std::vector<LogLine>& lines);

} // namespace twinfer
