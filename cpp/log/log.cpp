#include "log.h"

#include <utility>

namespace twinfer {

namespace {
thread_local LogCapture* innermost = nullptr;
// An engine in an error loop must not take the memory of the process.
constexpr size_t kMostLines = 1000;
} // namespace

LogCapture::LogCapture() : outer_(innermost) {
    innermost = this;
}

LogCapture::~LogCapture() {
    innermost = outer_;
}

std::vector<LogLine> LogCapture::take() {
    return std::exchange(lines_, {});
}

void logLine(const char* engine, LogLevel level, const std::string& text) {
    if (innermost == nullptr || innermost->lines_.size() >= kMostLines) return;
    innermost->lines_.push_back({engine, level, text});
}

std::string joinLines(const std::vector<LogLine>& lines) {
    std::string text;
    for (const LogLine& line : lines) {
        // MNN lists the CPU's features once in each process, whatever it is doing then.
        if (line.text.rfind("The device supports", 0) == 0) continue;
        if (!text.empty()) text += '\n';
        text += line.text;
    }
    return text;
}

} // namespace twinfer
