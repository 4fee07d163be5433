// The other end of hooks/android/log.h: MNN_PRINT and MNN_ERROR.
#include <cstdarg>

#include "hooks/android/log.h"
#include "line_buffer.h"

extern "C" int __android_log_print(int priority, const char*, const char* format, ...) {
    thread_local twinfer::LineBuffer buffer("MNN");
    const auto level = priority >= ANDROID_LOG_ERROR ? twinfer::LogLevel::error : twinfer::LogLevel::info;
    std::va_list arguments;
    va_start(arguments, format);
    const int length = buffer.append(level, format, arguments);
    va_end(arguments);
    return length;
}
