#include "line_buffer.h"

#include <cstdio>

namespace twinfer {

int LineBuffer::append(LogLevel level, const char* format, std::va_list arguments) {
    std::va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(nullptr, 0, format, arguments);
    if (length > 0) {
        const size_t start = pending_.size();
        pending_.resize(start + length + 1);
        std::vsnprintf(&pending_[start], length + 1, format, again);
        pending_.resize(start + length);
    }
    va_end(again);
    for (size_t end; (end = pending_.find('\n')) != std::string::npos; pending_.erase(0, end + 1)) {
        if (end > 0) logLine(engine_, level, pending_.substr(0, end));
    }
    return length;
}

} // namespace twinfer
